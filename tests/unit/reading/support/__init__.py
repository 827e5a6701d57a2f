"""Writers of the files that tests read: HEIC, OFD and XML, byte by byte and with every place open to be made wrong."""
