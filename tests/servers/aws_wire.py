"""What AWS's protocols look like on the wire, read from botocore's own service models.

`request_of` turns an HTTP request into (operation, parameters), `body_of` turns an answer in
boto3's shape into bytes. Both refuse what the model does not know: members, types, enum values.
"""

from __future__ import annotations

import base64
import json
import re
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from botocore.model import OperationModel, ServiceModel, Shape
from botocore.parsers import RpcV2CBORParser
from botocore.serialize import CBORSerializer
from botocore.validate import ParamValidator

__all__ = ["UnfitError", "body_of", "check", "error_of", "operation_of", "parameters_of"]


class UnfitError(Exception):
    """A request or an answer that the service model does not allow."""


def check(value: Any, shape: Shape | None, what: str) -> None:
    """Refuse unknown members, wrong types, lengths and enum values.

    Raises:
        UnfitError: it does not fit; the message names the member.
    """
    if shape is None:
        if value:
            raise UnfitError(f"{what}: the model has no such body")
        return
    report = ParamValidator().validate(value, shape)
    if report.has_errors():
        raise UnfitError(f"{what}: {report.generate_report()}")
    _check_enums(value, shape, what)


def _check_enums(value: Any, shape: Shape, where: str) -> None:
    if shape.type_name == "structure":
        for name, one in value.items():
            _check_enums(one, shape.members[name], f"{where}.{name}")
    elif shape.type_name == "list":
        for one in value:
            _check_enums(one, shape.member, f"{where}[]")
    elif shape.type_name == "map":
        for one in value.values():
            _check_enums(one, shape.value, f"{where}{{}}")
    elif shape.type_name == "string" and getattr(shape, "enum", None) and value not in shape.enum:
        raise UnfitError(f"{where}: {value!r} is none of {', '.join(shape.enum)}")


def operation_of(model: ServiceModel, method: str, path: str, headers: Any, body: bytes) -> str:
    """The operation that a request means, or "" when the model has none like it."""
    if target := headers.get("X-Amz-Target"):
        return str(target).rpartition(".")[2]
    if found := re.fullmatch(r"/service/[^/]+/operation/([A-Za-z0-9]+)", urlsplit(path).path):
        return found[1]
    if model.metadata["protocol"] in ("query", "ec2"):
        fields = parse_qs(body.decode() or urlsplit(path).query)
        return fields.get("Action", [""])[0]
    for name in model.operation_names:
        http = model.operation_model(name).http
        if http["method"] == method and _template(http["requestUri"]).fullmatch(
            urlsplit(path).path
        ):
            return str(name)
    return ""


def _template(uri: str) -> re.Pattern[str]:
    path = re.split(r"\{([^}]+)\}", uri.partition("?")[0])
    text = ""
    for index, part in enumerate(path):
        if index % 2 == 0:
            text += re.escape(part)
        else:
            text += (
                f"(?P<{part.rstrip('+').replace('-', '_')}>{'.+' if part[-1] == '+' else '[^/]+'})"
            )
    return re.compile(text)


def parameters_of(model: OperationModel, path: str, headers: Any, body: bytes) -> dict[str, Any]:
    """The parameters of a request in boto3's shape, checked against the model."""
    shape = model.input_shape
    if shape is None:
        return {}
    protocol = _protocol(model, headers)
    found: Any
    if protocol == "cbor":
        parser = RpcV2CBORParser()
        stream = parser.get_peekable_stream_from_bytes(body)
        found = _from_wire(parser.parse_data_item(stream) if body else {}, shape)
    elif protocol == "query":
        from moto.core.parse import QueryParser

        fields = {key: value[0] for key, value in parse_qs(body.decode(), True).items()}
        found = QueryParser(model).parse({"values": fields})
    elif protocol == "rest-json":
        found = _rest_parameters(model, path, body)
    else:
        found = _from_wire(json.loads(body or b"{}"), shape)
    check(found, shape, f"request {model.name}")
    return dict(found)


def _rest_parameters(model: OperationModel, path: str, body: bytes) -> dict[str, Any]:
    parts = urlsplit(path)
    query = parse_qs(parts.query)
    found = _template(model.http["requestUri"]).fullmatch(parts.path)
    uri = found.groupdict() if found else {}
    content = json.loads(body) if body else {}
    values: dict[str, Any] = {}
    for name, shape in model.input_shape.members.items():
        wire = shape.serialization.get("name", name)
        place = shape.serialization.get("location")
        if place == "uri":
            values[name] = unquote(uri[wire.replace("-", "_")])
        elif place == "querystring" and wire in query:
            values[name] = (
                query[wire] if shape.type_name == "list" else _typed(query[wire][0], shape)
            )
        elif place is None and wire in content:
            values[name] = _from_wire(content[wire], shape)
    return values


def _typed(text: str, shape: Shape) -> Any:
    if shape.type_name in ("integer", "long"):
        return int(text)
    if shape.type_name == "boolean":
        return text == "true"
    return text


def _from_wire(value: Any, shape: Shape) -> Any:
    if shape.type_name == "structure":
        known = {one.serialization.get("name", name): name for name, one in shape.members.items()}
        unknown = set(value) - set(known)
        if unknown:
            raise UnfitError(f"unknown members {sorted(unknown)}")
        return {known[k]: _from_wire(v, shape.members[known[k]]) for k, v in value.items()}
    if shape.type_name == "list":
        return [_from_wire(one, shape.member) for one in value]
    if shape.type_name == "map":
        return {key: _from_wire(one, shape.value) for key, one in value.items()}
    if shape.type_name == "timestamp" and isinstance(value, int | float):
        return datetime.fromtimestamp(value, UTC)
    if shape.type_name == "blob" and isinstance(value, str):
        return base64.b64decode(value)
    return value


def _protocol(model: OperationModel, headers: Any) -> str:
    if headers.get("smithy-protocol") == "rpc-v2-cbor":
        return "cbor"
    return str(model.service_model.metadata["protocol"])


def body_of(model: OperationModel, headers: Any, answer: dict[str, Any]) -> tuple[str, bytes]:
    """Content type and body of an answer in boto3's shape, checked against the model."""
    shape = model.output_shape
    check(answer, shape, f"answer {model.service_model.service_name} {model.name}")
    protocol = _protocol(model, headers)
    if protocol == "cbor":
        return "application/cbor", _cbor(answer, shape)
    if protocol == "query":
        from moto.core.serialize import QuerySerializer

        return "text/xml", str(QuerySerializer(model).serialize(answer)["body"]).encode()
    kind = "application/json" if protocol == "rest-json" else "application/x-amz-json-1.1"
    return kind, json.dumps(_to_wire(answer, shape) if shape else {}).encode()


def _cbor(answer: dict[str, Any], shape: Shape | None) -> bytes:
    serialized = bytearray()
    if shape is not None:
        CBORSerializer()._serialize_data_item(serialized, answer, shape)
    else:
        serialized.extend(b"\xa0")
    return bytes(serialized)


def _to_wire(value: Any, shape: Shape) -> Any:
    if shape.type_name == "structure":
        return {
            shape.members[k].serialization.get("name", k): _to_wire(v, shape.members[k])
            for k, v in value.items()
        }
    if shape.type_name == "list":
        return [_to_wire(one, shape.member) for one in value]
    if shape.type_name == "map":
        return {key: _to_wire(one, shape.value) for key, one in value.items()}
    if shape.type_name == "timestamp":
        if shape.serialization.get("timestampFormat") == "iso8601":
            return value.isoformat()
        return value.timestamp()
    if shape.type_name == "blob":
        return base64.b64encode(value).decode()
    return value


def error_of(model: OperationModel, headers: Any, code: str, message: str) -> tuple[str, bytes]:
    """Content type and body of an error."""
    protocol = _protocol(model, headers)
    if protocol == "query":
        return "text/xml", (
            f"<ErrorResponse><Error><Type>Sender</Type><Code>{code}</Code>"
            f"<Message>{message}</Message></Error><RequestId>0</RequestId></ErrorResponse>"
        ).encode()
    if protocol == "cbor":
        text = CBORSerializer()
        out = bytearray(b"\xa2")
        for word in ("__type", code, "message", message):
            text._serialize_type_string(out, word, None, None)
        return "application/cbor", bytes(out)
    return "application/x-amz-json-1.1", json.dumps({"__type": code, "message": message}).encode()
