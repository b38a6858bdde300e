"""The live part of pages: made once per change, given to all who may read it.

`projection` says what there is, `ready` makes the bytes, `front` hands them out before
Django is asked, and `keeper` is the thread that keeps all of it up to date.
"""
