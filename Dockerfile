# One image for the web server, the workers and the commands. Nothing in it runs as root, nothing in it is written to.
FROM node:24-slim AS frontend
WORKDIR /app
COPY package.json .npmrc ./
RUN npm install --no-package-lock --omit=dev

# The tools of PostgreSQL that copies are made with come from Debian: of the release that docker-compose.yml runs.
FROM python:3.11-slim-trixie
SHELL ["/bin/bash", "-euo", "pipefail", "-c"]
ENV PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 GOSPUB_VAR=/var/lib/gospub STATIC_ROOT=/app/staticfiles
WORKDIR /app
RUN apt-get update \
 && apt-get install --yes --no-install-recommends postgresql-client-17 \
 && rm -rf /var/lib/apt/lists/*
COPY requirements.txt .
RUN pip install --no-cache-dir --require-hashes -r requirements.txt
COPY . .
COPY --from=frontend /app/node_modules node_modules
RUN useradd --system --uid 10001 --create-home gospub && mkdir -p "$GOSPUB_VAR" \
 && python manage.py frontend && python manage.py messages --compile \
 && python manage.py collectstatic --noinput --verbosity 0 \
 && rm -rf node_modules "${GOSPUB_VAR:?}"/* && python -m compileall -q . \
 && install -d -o gospub -g gospub -m 700 /backups && chown -R gospub:gospub "$GOSPUB_VAR"
USER 10001
EXPOSE 8000
CMD ["gunicorn", "gospub.wsgi", "--bind", "0.0.0.0:8000", "--workers", "3"]
