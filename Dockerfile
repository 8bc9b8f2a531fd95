# One image for the web server, the workers and the commands.
FROM node:24-slim AS frontend
WORKDIR /app
COPY package.json .npmrc ./
RUN npm install --no-package-lock --omit=dev

FROM python:3.11-slim
ENV PYTHONUNBUFFERED=1 GOSPUB_VAR=/var/lib/gospub STATIC_ROOT=/app/staticfiles
WORKDIR /app
COPY requirements.txt .
RUN pip install --no-cache-dir --require-hashes -r requirements.txt
COPY . .
COPY --from=frontend /app/node_modules node_modules
RUN useradd --system --create-home gospub && mkdir -p "$GOSPUB_VAR" \
 && python manage.py frontend && python manage.py messages --compile \
 && python manage.py collectstatic --noinput --verbosity 0 \
 && rm -rf node_modules && chown -R gospub "$GOSPUB_VAR"
USER gospub
EXPOSE 8000
CMD ["gunicorn", "gospub.wsgi", "--bind", "0.0.0.0:8000", "--workers", "3"]
