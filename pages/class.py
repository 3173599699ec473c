"""The address /class on a cold server, where Streamlit looks for a file of that name; the page is classroom.py."""

from ui.shell.streamlit_patches import through_app

through_app()
