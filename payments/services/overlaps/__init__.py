"""Paying twice: a subscription to something that another purchase includes.

It is shown before paying and asked once by mail where it could not be; it ends when the purchase
has opened the same, with the unused days given back.
"""
