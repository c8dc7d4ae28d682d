"""One command line for each tool. The tests run every one that has --demo."""

from __future__ import annotations

__all__ = ["EXAMPLES"]

EXAMPLES: dict[str, tuple[str, ...]] = {
    "brief": (
        "offcall brief --demo",
        'offcall brief --demo --window "next 90 days" --owner platform',
    ),
    "catalog check": ("offcall catalog check --demo",),
    "catalog list": ("offcall catalog list --demo",),
    "catalog owner": ("offcall catalog owner orders-db --demo",),
    "catalog runbook": (
        "offcall catalog runbook orders-db --topic AWS_RDS_STORAGE_FAILURE --demo",
    ),
    "health ack": ('offcall health ack f0c559c --note "restored, see INC-1042" --demo',),
    "health changes": ('offcall health changes --window "next week" --region us-east-1 --demo',),
    "health close": ("offcall health close f0c559c --demo",),
    "health doctor": ("offcall health doctor --demo",),
    "health during": (
        'offcall health during --at "2026-11-14 03:10" --resource reporting-db --demo',
    ),
    "health import": (
        "offcall health import events.jsonl",
        "offcall health import - < events.jsonl",
    ),
    "health list": (
        "offcall health list --owner platform --demo",
        "offcall health list --status all --save events.json --demo",
    ),
    "health plan": ('offcall health plan 6e3927e --on "2026-11-28 06:00" --demo',),
    "health quarantine": ("offcall health quarantine --demo",),
    "health quarantine-discard": (
        'offcall health quarantine-discard 1 --why "a cut-off test message" --demo',
    ),
    "health quarantine-retry": ("offcall health quarantine-retry --demo",),
    "health reopen": ("offcall health reopen f0c559c --demo",),
    "health show": ("offcall health show f0c559c --demo",),
    "health sync": ("offcall health sync",),
    "health watch": ("offcall health watch", "offcall health watch --until-empty"),
    "history audit": ("offcall history audit --demo",),
    "history findings": ("offcall history findings --demo",),
    "history info": ("offcall history info",),
    "history mute": (
        'offcall history mute b63cf7564a8918ae --why "waits for a date from AWS" \\\n'
        "    --until 2027-01-01 --demo",
    ),
    "history prune": ("offcall history prune --older-than 400d --demo",),
    "history unmute": ("offcall history unmute b63cf7564a8918ae",),
    "k8s audit": (
        "offcall k8s audit deploy/ --explain",
        "offcall k8s audit deploy/ --check disruption --check health --output sarif",
        "offcall k8s audit - < deploy/web.yaml",
    ),
    "k8s checks": ("offcall k8s checks", "offcall k8s checks disruption"),
    "lifecycle check": ("offcall lifecycle check --demo",),
    "lifecycle list": (
        "offcall lifecycle list --within 180d --demo",
        "offcall lifecycle list --inventory inventory.csv",
    ),
    "lifecycle product": ("offcall lifecycle product amazon-eks --demo",),
    "lifecycle products": ("offcall lifecycle products rds --demo",),
    "lifecycle show": ("offcall lifecycle show shop-prod --demo",),
    "lifecycle timeline": ("offcall lifecycle timeline --demo",),
    "lifecycle update": ("offcall lifecycle update --from dataset.json",),
    "logs anomalies": ("offcall logs anomalies --demo",),
    "logs check": ("offcall logs check --demo",),
    "logs clients": ("offcall logs clients --limit 3 --demo",),
    "logs compare": (
        "offcall logs compare 2026-11-24T08:00Z..2026-11-24T08:30Z \\\n"
        "    2026-11-24T08:30Z..2026-11-24T09:00Z --within estate --demo",
        "offcall logs compare before/ after/",
    ),
    "logs athena-table": (
        "offcall logs athena-table \\\n"
        "    s3://my-logs/AWSLogs/111122223333/elasticloadbalancing/eu-west-1 --demo",
    ),
    "logs connections": (
        "offcall logs connections --by cipher logs/",
        "offcall logs connections --by client --where verify~Failed s3://my-logs/prod",
    ),
    "logs errors": ("offcall logs errors --demo",),
    "logs fetch": (
        'offcall logs fetch s3://my-logs/prod --to logs --since "2 hours ago" --dry-run',
    ),
    "logs report": ("offcall logs report --demo --output html > report.html",),
    "logs rules": ('offcall logs rules shop "99.9% under 200 ms over 30 days" --label job=shop',),
    "logs slo": (
        "offcall logs slo --demo",
        'offcall logs slo logs/ --objective "99.9% under 200 ms over 30 days"',
    ),
    "logs slow": ("offcall logs slow --limit 5 --demo",),
    "logs sql": (
        'offcall logs sql "SELECT target, count(*) AS n FROM requests GROUP BY target \\\n'
        '    ORDER BY n DESC" --demo',
    ),
    "logs targets": ("offcall logs targets --demo",),
    "logs timeline": ("offcall logs timeline --every 10m --demo",),
    "logs top": (
        "offcall logs top --demo",
        'offcall logs top --by target --sort error-share --where "status>=200" --demo',
        "offcall logs top --engine athena --athena-output s3://my-results/ --since yesterday \\\n"
        "    s3://my-logs/AWSLogs/111122223333/elasticloadbalancing/eu-west-1",
        "offcall logs top --engine spark logs/",
    ),
    "logs watch": (
        "offcall logs watch s3://my-logs/prod --record --once",
        'offcall logs watch logs/ --since "8 days ago" --once',
    ),
    "notify channels": ("offcall notify channels --demo",),
    "notify list": ("offcall notify list --demo",),
    "notify retry": ("offcall notify retry",),
    "notify run": ("offcall notify run --demo",),
    "notify test": ("offcall notify test --channel oncall --send",),
}
