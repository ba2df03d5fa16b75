"""What a storage account holds: containers of blobs, which the Data Lake interface sees as files in folders."""

import dataclasses
import email.utils
import threading
import uuid


class Refusal(Exception):
    """An answer of the service that is not success: an HTTP status and Azure's own code for it."""

    def __init__(self, status, code):
        super().__init__(code)
        self.status, self.code = status, code


def _tag():
    return f'"0x{uuid.uuid4().hex[:15].upper()}"'


def _date():
    return email.utils.formatdate(usegmt=True)


@dataclasses.dataclass
class Entry:
    """A blob, or a folder of the Data Lake interface."""

    data: bytes = b""
    is_folder: bool = False
    metadata: dict = dataclasses.field(default_factory=dict)
    # Blocks that a block list made the blob of, and what was appended and not yet flushed.
    blocks: dict = dataclasses.field(default_factory=dict)
    pending: bytearray = dataclasses.field(default_factory=bytearray)
    etag: str = dataclasses.field(default_factory=_tag)
    modified: str = dataclasses.field(default_factory=_date)

    def replace(self, data):
        """New content, and with it a new tag and time."""
        self.data, self.etag, self.modified = data, _tag(), _date()


class Store:
    """All containers of the account. Every method is called with the lock held."""

    def __init__(self):
        self.lock = threading.Lock()
        self.containers = {}
        self._staged = {}

    def make_container(self, name, code):
        if name in self.containers:
            raise Refusal(409, code)
        self.containers[name] = {}

    def container(self, name, code="ContainerNotFound"):
        if name not in self.containers:
            raise Refusal(404, code)
        return self.containers[name]

    def entry(self, container, path, code):
        found = self.container(container).get(path.rstrip("/"))
        if found is None:
            raise Refusal(404, code)
        return found

    def put(self, container, path, entry):
        """Puts an entry in its place, with the folders above it."""
        entries = self.container(container)
        parts = path.split("/")[:-1]
        for count in range(1, len(parts) + 1):
            folder = Entry(is_folder=True, metadata={"hdi_isfolder": "true"})
            entries.setdefault("/".join(parts[:count]), folder)
        entries[path] = entry
        return entry

    def stage(self, container, path, block, data):
        """Keeps a block until a block list names it."""
        self.container(container)
        self._staged.setdefault((container, path), {})[block] = data

    def commit(self, container, path, blocks):
        """Makes a blob of blocks, staged ones or those of the blob that is there."""
        staged = self._staged.pop((container, path), {})
        old = self.container(container).get(path)
        known = (old.blocks if old else {}) | staged
        if any(block not in known for block in blocks):
            raise Refusal(400, "InvalidBlockList")
        kept = {block: known[block] for block in blocks}
        return self.put(container, path, Entry(data=b"".join(known[block] for block in blocks), blocks=kept))

    def append(self, entry, position, data):
        if position != len(entry.data) + len(entry.pending):
            raise Refusal(400, "InvalidQueryParameterValue")
        entry.pending += data

    def flush(self, entry, position):
        if position > len(entry.data) + len(entry.pending):
            raise Refusal(400, "InvalidFlushPosition")
        entry.replace(entry.data + bytes(entry.pending))
        entry.pending = bytearray()

    def rename(self, source, target):
        """Moves a file, or a folder with all in it; source and target are (container, path)."""
        entries = self.container(source[0])
        moved = [path for path in entries if path == source[1] or path.startswith(source[1] + "/")]
        if not moved:
            raise Refusal(404, "SourcePathNotFound")
        for path in moved:
            self.put(target[0], target[1] + path[len(source[1]):], entries.pop(path))
        return self.containers[target[0]][target[1]]

    def remove(self, container, path, is_recursive):
        """Removes a file or folder of the Data Lake interface."""
        entries = self.container(container)
        inside = [other for other in entries if other.startswith(path + "/")]
        if inside and not is_recursive:
            raise Refusal(409, "DirectoryNotEmpty")
        for other in inside + [path]:
            entries.pop(other, None)

    def blobs(self, container, prefix, delimiter):
        """Names and entries under a prefix, in order; a group that the delimiter makes has no entry."""
        found, groups = [], set()
        for path, entry in sorted(self.container(container).items()):
            rest = path[len(prefix):]
            if not path.startswith(prefix) or entry.is_folder:
                continue
            if delimiter and delimiter in rest:
                group = prefix + rest[: rest.index(delimiter) + len(delimiter)]
                if group not in groups:
                    groups.add(group)
                    found.append((group, None))
            else:
                found.append((path, entry))
        return found

    def paths(self, container, folder, is_recursive):
        """Names and entries below a folder, in order."""
        entries = self.container(container, "FilesystemNotFound")
        if folder and folder not in entries:
            raise Refusal(404, "PathNotFound")
        start = folder + "/" if folder else ""
        return [
            (path, entry) for path, entry in sorted(entries.items())
            if path.startswith(start) and (is_recursive or "/" not in path[len(start):])
        ]
