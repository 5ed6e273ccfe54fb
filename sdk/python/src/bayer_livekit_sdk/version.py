"""Which SDK this is; also where it runs from its sources, without the metadata of an installed package."""

__version__ = "1.4.4"
