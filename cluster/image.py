"""Writes an OCI image as an archive that containerd imports: image.py ARCHIVE NAMES CONFIG FOLDER...

NAMES are those of the image, separated by commas. CONFIG is the image's configuration as JSON (Entrypoint, User, Env, ...); each FOLDER becomes a layer.
The same folders give the same bytes: names are sorted and times fixed.
Follows https://github.com/opencontainers/image-spec (image-layout.md, layer.md, config.md).
"""

import hashlib
import io
import json
import os
import sys
import tarfile

TIME = 1704067200  # 2024-01-01
OCI = "application/vnd.oci.image"


def layer(folder):
    def normal(entry):
        entry.uname = entry.gname = ""
        entry.mtime = TIME
        return entry

    archive = io.BytesIO()
    with tarfile.open(fileobj=archive, mode="w", format=tarfile.PAX_FORMAT) as tar:
        for name in sorted(os.listdir(folder)):
            tar.add(os.path.join(folder, name), arcname=name, filter=normal)
    return archive.getvalue()


class Blobs(dict):
    """The image's parts by their digests."""

    def put(self, content, media_type, **more):
        digest = hashlib.sha256(content).hexdigest()
        self[digest] = content
        return {"mediaType": media_type, "digest": f"sha256:{digest}", "size": len(content), **more}

    def put_json(self, value, media_type, **more):
        return self.put(json.dumps(value).encode(), media_type, **more)


def image(names, config, folders):
    blobs = Blobs()
    layers = [blobs.put(layer(folder), f"{OCI}.layer.v1.tar") for folder in folders]
    about = {
        "architecture": "amd64",
        "os": "linux",
        "created": "2024-01-01T00:00:00Z",
        "config": config,
        "rootfs": {"type": "layers", "diff_ids": [each["digest"] for each in layers]},
    }
    manifest = {
        "schemaVersion": 2,
        "mediaType": f"{OCI}.manifest.v1+json",
        "config": blobs.put_json(about, f"{OCI}.config.v1+json"),
        "layers": layers,
    }
    made = blobs.put_json(manifest, f"{OCI}.manifest.v1+json")
    index = {"schemaVersion": 2, "manifests": [{**made, "annotations": annotations(name)} for name in names]}
    files = {"oci-layout": b'{"imageLayoutVersion": "1.0.0"}', "index.json": json.dumps(index).encode()}
    files.update({f"blobs/sha256/{digest}": content for digest, content in blobs.items()})
    return files


def annotations(name):
    return {"io.containerd.image.name": name, "org.opencontainers.image.ref.name": name.rsplit(":", 1)[1]}


def write(archive, files):
    with tarfile.open(archive, "w") as tar:
        for name, content in files.items():
            entry = tarfile.TarInfo(name)
            entry.size = len(content)
            entry.mtime = TIME
            tar.addfile(entry, io.BytesIO(content))


if __name__ == "__main__":
    archive, names, config, *folders = sys.argv[1:]
    write(archive, image(names.split(","), json.loads(config), folders))
