"""Copies of files that carry their holder's name, made off the request path and kept a while.

`pdf`, `epub`, `marks` and `worker` run in the limited process and never import Django.
"""
