"""A stand-in for KServe's Hugging Face server (https://github.com/kserve/kserve, python/huggingfaceserver), which is no
PyPI package and comes only as an image that cannot be counted on to be pulled. It has the same entry point and flags
and, on KServe's own server, the same answers. It has no vLLM, and none of the tasks of time series.
"""
