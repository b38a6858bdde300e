"""No form of the panel takes a file, and nobody is to fill a disk with one."""

from typing import Never

from django.core.files.uploadhandler import FileUploadHandler, StopUpload


class RefusedUploads(FileUploadHandler):
    """Django reads a form before it knows who sends it, and keeps files of any size."""

    def new_file(self, *args: object, **options: object) -> Never:
        raise StopUpload(connection_reset=True)

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        """Nothing gets here."""

    def file_complete(self, file_size: int) -> None:
        """Nor here."""
