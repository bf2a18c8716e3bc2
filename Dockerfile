# The image of Réverbère: server, worker and command line, without root and without Node.
# `serve` by default; `work`, `migrate` and `demo` are the same image with another word.

FROM node:22-slim AS console
WORKDIR /build/console
COPY console/package.json console/package-lock.json console/.npmrc ./
RUN npm ci --no-audit --no-fund
COPY console/ ./
RUN npm run build

FROM python:3.13-slim AS packages
RUN python -m venv /opt/reverbere
COPY requirements.lock ./
RUN /opt/reverbere/bin/pip install --no-cache-dir --no-deps --require-hashes -r requirements.lock

FROM python:3.13-slim
RUN useradd --system --uid 10001 --create-home --home-dir /var/lib/reverbere reverbere
COPY --from=packages /opt/reverbere /opt/reverbere
WORKDIR /srv/reverbere
COPY LICENSE pyproject.toml ./
COPY kit/ kit/
COPY drivers/ drivers/
COPY schedules/ schedules/
COPY lighting/ lighting/
COPY gmao/ gmao/
COPY simulator/ simulator/
COPY migrations/ migrations/
COPY app/ app/
COPY --from=console /build/console/dist console/dist
RUN python -m compileall -q .

ENV PATH=/opt/reverbere/bin:$PATH \
    PYTHONPATH=/srv/reverbere \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    REVERBERE_DATA_DIR=/var/lib/reverbere \
    REVERBERE_HTTP__HOST=0.0.0.0 \
    REVERBERE_LOG__JSON_LINES=true
USER reverbere
EXPOSE 8000
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s \
    CMD ["python", "-m", "app.probe"]
ENTRYPOINT ["python", "-m", "app"]
CMD ["serve"]
