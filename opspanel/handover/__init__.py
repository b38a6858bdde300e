"""Taking over: what happened to incidents since a person last looked.

The moment is remembered for each person and moved by nothing but their own word
(`looks.mark`): neither opening the digest nor a poll is a look.
"""
