"""What gunicorn serves: `gunicorn marketplace.wsgi:app`."""

import gc
from threading import Thread

from flask import Flask

from marketplace import clock, create_app
from marketplace.demands.documents import document_of_content
from marketplace.demands.reading import read_need
from marketplace.indexing import service as indexing
from search import SearchUnavailable, Viewer

PATIENCE = 5.0  # seconds


def warm_up(app: Flask) -> None:
    """Compare once before anybody asks: vocabulary, rules and models load for longer than a page may wait."""
    with app.app_context():
        try:
            indexing.search().match_demand(
                document_of_content(read_need("轮椅 wheelchair")),
                now=clock.now(),
                viewer=Viewer(organisation_id=None, role="public"),
                limit=1,
            )
        except SearchUnavailable:
            app.logger.warning("search engine away at the start")


def settle() -> None:
    """Leave what was loaded out of later garbage collections: going through it took longer than many a request."""
    gc.collect()
    gc.freeze()


app = create_app()
_warming = Thread(target=warm_up, args=(app,), daemon=True)
_warming.start()
_warming.join(PATIENCE)  # an engine that hangs must not keep the site from starting
settle()
