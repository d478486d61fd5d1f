FROM python:3.12-slim
# Pictures of timetables are drawn with it.
RUN apt-get update && apt-get install -y --no-install-recommends fonts-wqy-microhei && rm -rf /var/lib/apt/lists/*
RUN useradd --create-home market && mkdir /files && chown market /files
WORKDIR /site
COPY requirements/run.txt requirements/run.txt
RUN pip install --no-cache-dir --require-hashes --no-deps --only-binary :all: -r requirements/run.txt
COPY . .
RUN python -m tools.translations
USER market
VOLUME /files
EXPOSE 8000
CMD ["sh", "-c", "eval \"$(sed -n 's/^web: //p' Procfile)\""]
