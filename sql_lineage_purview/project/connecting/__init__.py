"""Where the account is that is read and published to.

Here it is opened, and asked for the places of its tables and for what it knows of columns.
"""
