"""What travels between Python and the browser: for each component what it is sent, and what it may answer. A module
a page, or a few that belong together; what many have is in ``base`` and ``shared``.

``python -m ui.components.payloads_to_typescript`` writes the same as types for JavaScript
(``static/lib/payloads.d.ts``), and a test holds the two together. A text called Base64 holds little-endian numbers:
bytes, half floats or floats, as the comment beside it says. What comes back is checked once more by
``ui.shell.browser_input``: this is only what honest browsers send.
"""
