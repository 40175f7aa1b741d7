"""Places and notes that follow their reader from a file to the one that takes its place.

It is done by the server, once for each new file: a device may be away for a year, and its owner
opens the book on another. The words decide: a note goes where its own words stand now, told apart
by what stands around them; a note whose words are gone stays with the edition it was made in.
"""
