"""A worker's part, in a process of its own: ``python -m tests.content.large_worker``.

Judges what has arrived, and prints what it and its children took at most, in bytes.
"""

import resource

import django

if __name__ == "__main__":
    django.setup()
    from content.services.uploads.checking import check_next
    from core import clock
    from stores.models import Store
    from stores.scope import store_scope

    with store_scope(Store.objects.at_host("thread.localhost").get()):
        check_next(clock.now())
    for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN):
        print(resource.getrusage(who).ru_maxrss * 1024)
