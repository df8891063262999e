# Folio for a Docker Space or any server of one's own. docs/docker.md tells how to build and run it.
FROM python:3.12.12-slim-bookworm

SHELL ["/bin/bash", "-o", "pipefail", "-c"]

# Debian's libraries, compiler and Tesseract. Their versions are the release's, which the base image pins.
COPY packages.txt /tmp/packages.txt
RUN apt-get update \
 && xargs --arg-file=/tmp/packages.txt apt-get install --yes --no-install-recommends \
 && rm -rf /var/lib/apt/lists/*

RUN pip install --no-cache-dir uv==0.13.9

# A Docker Space runs as the user with this number.
RUN useradd --create-home --uid 1000 user \
 && mkdir --parents /data /home/user/app \
 && chown --recursive user:user /data /home/user

WORKDIR /home/user/app
COPY requirements.txt ./
RUN uv pip install --system --no-cache --requirement requirements.txt

USER 1000
ENV HOME=/home/user \
    PATH=/home/user/.local/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    GRADIO_SERVER_NAME=0.0.0.0 \
    GRADIO_SERVER_PORT=7860
COPY --chown=1000:1000 . .

VOLUME /data
EXPOSE 7860
HEALTHCHECK --interval=30s --timeout=10s --start-period=180s --retries=3 \
    CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:7860/version', timeout=5)"]
CMD ["python", "app.py"]
