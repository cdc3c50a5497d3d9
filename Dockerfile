# One image for web, worker, beat and migrations; the command says which.
FROM node:22-bookworm-slim AS front
WORKDIR /front
COPY package.json package-lock.json .npmrc ./
RUN npm ci --omit=dev --ignore-scripts --no-audit --no-fund

FROM python:3.11-slim-bookworm AS packages
COPY requirements/base.txt /tmp/base.txt
RUN python -m venv /opt/venv && /opt/venv/bin/pip install --no-cache-dir --require-hashes -r /tmp/base.txt

FROM python:3.11-slim-bookworm
RUN apt-get update \
    && apt-get install -y --no-install-recommends libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 fontconfig \
    && rm -rf /var/lib/apt/lists/* \
    && groupadd --gid 10001 clinic && useradd --uid 10001 --gid clinic --no-create-home --shell /usr/sbin/nologin clinic \
    && mkdir -p /data /backups /srv/static && chown clinic:clinic /data /backups /srv/static
ENV PATH=/opt/venv/bin:$PATH DJANGO_SETTINGS_MODULE=clinic.settings PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 \
    XDG_CACHE_HOME=/tmp/cache DATA_DIR=/data STATIC_ROOT=/srv/static HOST=0.0.0.0 PORT=8000
WORKDIR /app
COPY --from=packages /opt/venv /opt/venv
COPY . .
COPY --from=front /front/node_modules ./node_modules
# The demo's settings need no secret; only the gathered files stay.
RUN DATA_DIR=/tmp/build CLINIC_ENV=demo python manage.py collectstatic --no-input --verbosity 0 \
    && rm -rf /tmp/build && chmod -R a+rX /srv/static
USER clinic
VOLUME /data /backups
EXPOSE 8000
HEALTHCHECK --interval=15s --timeout=5s --start-period=30s CMD ["python", "-m", "clinic.pulse"]
CMD ["gunicorn", "-c", "python:clinic.gunicorn_conf", "clinic.wsgi"]
