# Latent Lab for many visitors: a Docker Space on Hugging Face, or any other host.
#   docker build -t latent-lab . && docker run -p 8501:8501 latent-lab
# What the settings mean, and where runs outlive the container: docs/hosting.md
FROM python:3.11-slim

# Spaces run a container as user 1000, who may write in his home alone.
RUN useradd --create-home --uid 1000 user
USER user
ENV HOME=/home/user
WORKDIR /home/user/app
ENV PATH=/home/user/.local/bin:$PATH
ENV PYTHONUNBUFFERED=1
ENV NUMBA_CACHE_DIR=/home/user/.cache/numba
# Each visit has a thread. glibc would give each a pool of memory of its own, and most would stand half empty.
ENV MALLOC_ARENA_MAX=2
ENV VAE_HOSTED=1
ENV VAE_DATA_DIR=/home/user/data
ENV VAE_RUNS_DIR=/home/user/runs
# In a Space the app stands in an iframe of another site, where browsers withhold the cookie that Streamlit compares.
ENV STREAMLIT_SERVER_ENABLE_XSRF_PROTECTION=false
ENV STREAMLIT_SERVER_MAX_UPLOAD_SIZE=50

# torch and torchvision for processors alone: 200 MB where those for graphics cards are 5 GB.
COPY --chown=user requirements.txt .
RUN grep -E '^torch(vision)?==' requirements.txt \
    | xargs pip install --no-cache-dir --user --index-url https://download.pytorch.org/whl/cpu \
    && pip install --no-cache-dir --user -r requirements.txt

COPY --chown=user . .
# The embedded digits show that the code runs. Then the other pictures, so that no visitor waits for them: a mirror that
# is down costs no build, and they are fetched when somebody first trains on them.
RUN mkdir -p "$VAE_RUNS_DIR" "$VAE_DATA_DIR" "$NUMBA_CACHE_DIR" \
    && python -c "from vae_core.datasets import registry; registry.load('digits')" \
    && python -m vae_core.datasets.fetch mnist fashion-mnist kmnist
# UMAP's compiled code, for the same reason.
RUN python -c "import numpy, umap; umap.UMAP(n_epochs=5).fit(numpy.random.rand(300, 20))"

EXPOSE 8501
HEALTHCHECK --interval=30s --timeout=5s --start-period=60s \
    CMD python -c "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8501/_stcore/health', timeout=4)"
CMD ["streamlit", "run", "app.py", "--server.port=8501", "--server.address=0.0.0.0"]
