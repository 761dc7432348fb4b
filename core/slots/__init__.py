"""The slot engine: a slot is a value (strips, pays, features), compiled once into tables that all readers share."""
