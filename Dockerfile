# Three images in one file: what builds, `web` (web process, workers and beat) and `nginx`.
FROM node:22-slim AS node

FROM python:3.11-slim-bookworm AS build
WORKDIR /srv/sevenfold
COPY --from=node /usr/local/bin/node /usr/local/bin/node
COPY --from=node /usr/local/lib/node_modules/npm /usr/local/lib/node_modules/npm
RUN ln -s ../lib/node_modules/npm/bin/npm-cli.js /usr/local/bin/npm
# The locks first: what they name is installed anew only when they change.
COPY requirements requirements
COPY pyproject.toml package.json package-lock.json ./
RUN python -m venv .venv && .venv/bin/pip install --no-cache-dir --require-hashes -r requirements/run.txt
COPY . .
RUN bin/build \
    && SECRET_KEY=only-to-collect-files .venv/bin/python manage.py collectstatic --no-input --verbosity=0 \
    && rm -rf node_modules var/stamps var/node

FROM python:3.11-slim-bookworm AS web
# ffmpeg makes films playable everywhere; PostgreSQL's client makes backups.
RUN apt-get update \
    && apt-get install --yes --no-install-recommends ffmpeg postgresql-client \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --system --uid 10001 --create-home sevenfold
WORKDIR /srv/sevenfold
COPY --from=build --chown=root:root /srv/sevenfold /srv/sevenfold
RUN mkdir -p var/private var/public var/queue && chown sevenfold var var/private var/public var/queue
ENV PATH=/srv/sevenfold/.venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 BEHIND_PROXY=1
USER sevenfold
EXPOSE 8000
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=15s --timeout=6s --start-period=30s --retries=3 CMD ["python", "deploy/healthy.py"]
CMD ["python", "deploy/web.py", "--host", "0.0.0.0"]

FROM nginx:1.26-bookworm AS nginx
COPY deploy/nginx/sevenfold.conf /etc/nginx/sevenfold.conf
COPY deploy/nginx/files.conf /etc/nginx/conf.d/files.conf
COPY --from=build /srv/sevenfold/var/static /srv/sevenfold/var/static
# Here the web process is another container.
RUN sed 's/127\.0\.0\.1:8000/web:8000/' /etc/nginx/sevenfold.conf > /etc/nginx/conf.d/default.conf
HEALTHCHECK --interval=15s --timeout=6s --retries=3 CMD ["curl", "--fail", "--silent", "--insecure", "https://127.0.0.1/healthz"]
