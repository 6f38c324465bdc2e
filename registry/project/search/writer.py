"""Writing the search index: one commit per release, so no reader sees a mixture of two."""

from collections.abc import Iterable
from pathlib import Path

from tantivy import Document

from registry.project.search.schema import RELEASE_KIND, open_index, release_of

_HEAP_BYTES = 64 * 2**20


class SearchWriter:
    """The one writer of the index in `folder`; ValueError when another process holds it."""

    def __init__(self, folder: Path) -> None:
        self._index = open_index(folder)
        self._writer = self._index.writer(heap_size=_HEAP_BYTES, num_threads=1)
        self._drop_unfinished()
        self._index.reload()
        self._release = release_of(self._index.searcher())

    def release(self) -> int:
        """The release that the index holds; 0 while it is empty."""
        return self._release

    def apply(self, gone: Iterable[str], documents: Iterable[Document], release: int) -> None:
        """Replace the entities of `documents`, drop those in `gone` (ids), and name the release.

        Every entity that `documents` holds must be in `gone` as well. Repeating it changes nothing.
        """
        for entity_id in gone:
            self._writer.delete_documents_by_term("id", entity_id)
        self._commit(documents, release)

    def rebuild(self, documents: Iterable[Document], release: int) -> None:
        """Make the index hold just these entities; readers keep the old ones until the commit."""
        self._writer.delete_all_documents()
        self._commit(documents, release)

    def close(self) -> None:
        """Let go of the index; a further writer may open it."""
        self._writer.wait_merging_threads()

    def _commit(self, documents: Iterable[Document], release: int) -> None:
        try:
            for document in documents:
                self._writer.add_document(document)
            self._writer.delete_documents_by_term("id", RELEASE_KIND)
            self._writer.add_document(
                Document(id=RELEASE_KIND, kind=RELEASE_KIND, summary=str(release))
            )
            self._writer.commit()
            self._release = release
        except BaseException:
            self._writer.rollback()
            self._drop_unfinished()
            raise

    def _drop_unfinished(self) -> None:
        """Drop the files of a commit that was not finished.

        The next one counts from the same number as that did, and would find its files in the way.
        """
        self._writer.garbage_collect_files()
