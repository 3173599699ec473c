"""What the pages share: choosing a run, cached readers, pictures, and the browser components in ``static/``."""
