"""A clinic of any size, written by COPY as the owner of the tables: for benchmarks, never for people."""
