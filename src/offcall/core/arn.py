"""ARNs: what they say of a resource, and what kind of thing each is.

    arn = parse("arn:aws:rds:eu-west-1:111122223333:db:orders")
    arn.kind, arn.name, arn.region      # "rds instance", "orders", "eu-west-1"

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html; what stands after the account
is each service's own: https://docs.aws.amazon.com/service-authorization/latest/reference/
"""

from __future__ import annotations

import re
from typing import NamedTuple

__all__ = ["Arn", "is_arn", "make", "parse", "partition_of"]

_PARTITIONS = {
    "cn-": "aws-cn",
    "us-gov-": "aws-us-gov",
    "us-isob-": "aws-iso-b",
    "us-isof-": "aws-iso-f",
    "us-iso-": "aws-iso",
    "eu-isoe-": "aws-iso-e",
    "eusc-": "aws-eusc",
}

_KINDS = {
    ("acm", "certificate"): "acm certificate",
    ("dynamodb", "table"): "dynamodb table",
    ("ec2", "instance"): "ec2 instance",
    ("ec2", "nat-gateway"): "nat gateway",
    ("ec2", "network-interface"): "network interface",
    ("ec2", "volume"): "ebs volume",
    ("ec2", "vpc"): "vpc",
    ("ec2", "vpn-connection"): "vpn connection",
    ("eks", "cluster"): "eks cluster",
    ("eks", "nodegroup"): "eks nodegroup",
    ("elasticache", "cluster"): "elasticache cluster",
    ("elasticache", "replicationgroup"): "elasticache cluster",
    ("elasticloadbalancing", "loadbalancer"): "load balancer",
    ("elasticloadbalancing", "targetgroup"): "target group",
    ("es", "domain"): "opensearch domain",
    ("kafka", "cluster"): "msk cluster",
    ("lambda", "function"): "lambda function",
    ("logs", "log-group"): "log group",
    ("rds", "cluster"): "rds cluster",
    ("rds", "db"): "rds instance",
    ("s3", ""): "s3 bucket",
    ("sns", ""): "sns topic",
    ("sqs", ""): "sqs queue",
}
"""By service and type; what is not here is called by both words, as `ecs service`."""

_NAMED_BY = {
    # cluster/NAME/UUID
    ("kafka", "cluster"): 0,
    # function:NAME:VERSION
    ("lambda", "function"): 0,
    # table/NAME/index/INDEX
    ("dynamodb", "table"): 0,
    # targetgroup/NAME/ID
    ("elasticloadbalancing", "targetgroup"): 0,
    # nodegroup/CLUSTER/NAME/UUID
    ("eks", "nodegroup"): 1,
    # service/CLUSTER/NAME, task/CLUSTER/ID
    ("ecs", "service"): -1,
    ("ecs", "task"): -1,
    # role/PATH/NAME
    ("iam", "role"): -1,
    ("iam", "user"): -1,
}
"""Which piece behind the type people call it by, where it is not all of it."""


class Arn(NamedTuple):
    """The parts of an ARN; region and account are None where it has none.

    `resource` is all that follows the account: "db:orders", "cluster/log/8f0e-1".
    """

    text: str
    partition: str
    service: str
    region: str | None
    account: str | None
    resource: str

    @property
    def type(self) -> str:
        """The word before the name: "db", "cluster", "function"; empty where there is none."""
        found = re.match(r"([^:/]+)[:/]", self.resource)
        return found[1] if found else ""

    @property
    def kind(self) -> str:
        """In words: "rds instance", "msk cluster"."""
        key = (self.service, self.type)
        words = f"{self.service} {self.type or 'resource'}"
        return _KINDS.get(key) or words.replace("-", " ").replace("_", " ").lower()

    @property
    def name(self) -> str:
        """What people call it: a load balancer without its id, a function without its version."""
        pieces = self._pieces
        if len(pieces) == 1:
            return pieces[0]
        if self.type == "loadbalancer":
            # loadbalancer/NAME, and loadbalancer/app/NAME/ID of the newer ones
            return pieces[1] if len(pieces) > 2 else pieces[0]
        at = _NAMED_BY.get((self.service, self.type))
        if at is None:
            rest = self.resource[len(self.type) + 1 :]
            return rest.removesuffix(":*") if self.service == "logs" else rest
        return pieces[at]

    @property
    def cluster(self) -> str | None:
        """The cluster that a node group, a service or a task is in."""
        inside = (self.service, self.type) in _IN_CLUSTER and len(self._pieces) > 1
        return self._pieces[0] if inside else None

    @property
    def _pieces(self) -> list[str]:
        rest = self.resource[len(self.type) + 1 :] if self.type else self.resource
        return re.split(r"[:/]", rest)


_IN_CLUSTER = {("eks", "nodegroup"), ("ecs", "service"), ("ecs", "task")}


def is_arn(text: str) -> bool:
    """Whether it begins as one."""
    return text.startswith("arn:")


def parse(text: object) -> Arn | None:
    """The parts of an ARN, or None where it is none."""
    if not isinstance(text, str):
        return None
    parts = text.strip().split(":", 5)
    if len(parts) < 6 or parts[0] != "arn" or not parts[2] or not parts[5]:
        return None
    _, partition, service, region, account, resource = parts
    return Arn(text.strip(), partition, service, region or None, account or None, resource)


def partition_of(region: str | None) -> str:
    """The partition of a region: "aws", "aws-cn", "aws-us-gov", ..."""
    found = (name for start, name in _PARTITIONS.items() if (region or "").startswith(start))
    return next(found, "aws")


def make(service: str, region: str | None, account: str | None, resource: str) -> str:
    """An ARN of these parts, in the region's partition."""
    return f"arn:{partition_of(region)}:{service}:{region or ''}:{account or ''}:{resource}"
