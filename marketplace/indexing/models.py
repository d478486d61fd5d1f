"""One counter a document: it rises whenever anything in the document changes, parents included."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from marketplace.extensions import db


class DocumentRevision(db.Model):
    """The revision of one search document; an index keeps the document with the highest."""

    __tablename__ = "document_revisions"

    kind: Mapped[str] = mapped_column(sa.String(20), primary_key=True)
    subject_id: Mapped[int] = mapped_column(sa.BigInteger, primary_key=True, autoincrement=False)
    revision: Mapped[int] = mapped_column(sa.BigInteger, default=0)
