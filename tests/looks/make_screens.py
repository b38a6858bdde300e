"""`make screens`: takes the pictures of docs/screens/ anew."""

from tests.looks import pictures


def test_all_faces_in_all_views(faces, window):
    """Old ones go."""
    for old in pictures.SCREENS.glob("*.webp"):
        old.unlink()
    for view in pictures.VIEWS:
        with window(**view.options) as shown:
            for name, face in pictures.seen_by(view, faces):
                picture = pictures.taken(shown.show(face))
                small = pictures.small(shown.paper, picture, view)
                pictures.kept_at(name, view).write_bytes(small)
