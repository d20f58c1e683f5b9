"""Where small changes that nobody chose are tried: the files of the reference stack, and how it loads one of them."""
