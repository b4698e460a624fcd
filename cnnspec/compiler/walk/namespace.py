"""Names are parameter names: who may take which, and what a name stands for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from cnnspec.compiler.plan import Value
from cnnspec.core.diagnostic import Place
from cnnspec.language.sections import NAME
from cnnspec.language.spec import Item
from cnnspec.reader.node import Node

_RESERVED = """
    T_destination _apply _backward_hooks _backward_pre_hooks _buffers _call_impl _compiled_call_impl
    _forward_hooks _forward_hooks_always_called _forward_hooks_with_kwargs _forward_pre_hooks
    _forward_pre_hooks_with_kwargs _get_backward_hooks _get_backward_pre_hooks _get_name
    _is_full_backward_hook _load_from_state_dict _load_state_dict_post_hooks _load_state_dict_pre_hooks
    _maybe_warn_non_full_backward_hook _modules _named_members _non_persistent_buffers_set _parameters
    _register_load_state_dict_pre_hook _register_state_dict_hook _replicate_for_data_parallel
    _save_to_state_dict _slow_forward _state_dict_hooks _state_dict_pre_hooks _version
    _wrapped_call_impl add_module apply bfloat16 buffers call_super_init children compile cpu cuda
    double dump_patches eval extra_repr float forward get_buffer get_extra_state get_parameter
    get_submodule half ipu load_state_dict modules mtia named_buffers named_children named_modules
    named_parameters parameters register_backward_hook register_buffer register_forward_hook
    register_forward_pre_hook register_full_backward_hook register_full_backward_pre_hook
    register_load_state_dict_post_hook register_load_state_dict_pre_hook register_module
    register_parameter register_state_dict_post_hook register_state_dict_pre_hook requires_grad_
    set_extra_state set_submodule share_memory state_dict to to_empty train training type xpu zero_grad
"""
RESERVED = frozenset(_RESERVED.split())
"""Names that torch's Module keeps for itself; a test compares them with torch's own."""


class Namespace:
    """One level of parameter names: of `body`, the items of the spec or of a block, or of a group in it."""

    __slots__ = ("absent", "body", "groups", "incomplete", "positions", "prefix", "taken", "values")

    def __init__(self, path: str, body: Sequence[Item]) -> None:
        self.prefix = f"{path}." if path else ""
        self.body = body
        self.taken: dict[str, tuple[Place, bool]] = {}
        """Where a name was taken, and whether it was written: else it is a position."""
        self.values: dict[str, Value] = {}
        """What each name stands for."""
        self.groups: dict[str, Namespace] = {}
        """The namespaces that names open, where these can be looked into."""
        self.absent: dict[str, Place] = {}
        self.incomplete = False
        """Whether it is unknown if an item is there: names are then neither reported as missing nor as duplicates."""
        self.positions = 0
        """How many items have a position: each that is there, named or not."""

    def inside(self, key: str) -> Namespace:
        """The namespace that an item called `key` opens."""
        return Namespace(self.prefix + key, self.body)

    def bind(self, key: str, value: Value, group: Namespace | None = None) -> Value:
        """Let a name, or a position, stand for a value from here on; `group` is the namespace that it opens."""
        self.values[key] = value
        if group is not None:
            self.groups[key] = group
        return value

    def reserve(self, inputs: Mapping[str, Node]) -> None:
        """Names of values that come in: no item may be called so."""
        self.taken.update((name, (node.place, True)) for name, node in inputs.items())


Namespaces = Sequence[Namespace]
"""A namespace and those around it, innermost first, up to the block or the top; names are looked up in this order."""


def find(path: str, spaces: Namespaces) -> Value | None:
    """What a name or a dotted path stands for."""
    *outer, last = path.split(".")
    space = _nearest(outer[0] if outer else last, spaces)
    for part in outer:
        space = space.groups.get(part) if space else None
    return space.values.get(last) if space else None


def find_group(path: str, spaces: Namespaces) -> Namespace | None:
    """The namespace that a name or a dotted path opens."""
    parts = path.split(".")
    space = _nearest(parts[0], spaces)
    for part in parts:
        space = space.groups.get(part) if space else None
    return space


def _nearest(name: str, spaces: Namespaces) -> Namespace | None:
    """The namespace in which the name is that is meant."""
    return next((space for space in spaces if name in space.values), None)


def visible(spaces: Namespaces) -> list[str]:
    """Every name that could be meant."""
    names = (name for space in spaces for name in space.values)
    return [name for name in names if not name.isdigit() and name_problem(name) is None]


def name_problem(name: str) -> str | None:
    """Why a name can't be a parameter's, or None."""
    if name == "input":
        return "`input` is what entered"
    if name in RESERVED or (name.startswith("__") and name.endswith("__")):
        return "torch's Module keeps that name for itself"
    if not NAME.fullmatch(name):
        return "a name is made of letters, digits, - and _"
    if name.isascii():
        return None
    import unicodedata  # noqa: PLC0415 -- most names are ASCII and never need it

    if unicodedata.normalize("NFKC", name) != name:
        return f"in normal form it is {unicodedata.normalize('NFKC', name)}"
    return None
