"""Every number that /loss, /bubbles, /noise and /autoencoder send, computed a second time by another way.

``python -m benchmarks.recomputed`` prints the largest differences and writes recomputed.md; a few minutes. With
VAE_DATA_DIR (MNIST) it asks PCA of the training pictures too. ``tests/pages/test_recomputed.py`` holds a part of the
same against its bounds, and that no number of a page is left out.

The second way knows the files of a run and nothing of ours that reads, decodes or measures them: ``plain``.
"""
