"""One thin adapter for each client, all with the same methods."""

from clients import (ali_oss_client, aws_sdk_js_client, awscli_client, boto3_client, oss2_client, oss_v2_client,
                     rclone_client, s3cmd_client)

ADAPTERS = [adapter
            for module in (oss2_client, oss_v2_client, ali_oss_client, boto3_client, awscli_client,
                           aws_sdk_js_client, rclone_client, s3cmd_client)
            for adapter in module.ADAPTERS]
