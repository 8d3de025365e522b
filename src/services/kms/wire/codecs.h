// The operations of KMS, a file for each family.
#pragma once

#include "services/kms/wire/operation.h"

namespace lakeside::kms::wire {

// keys.cc
Task<Answer> create_key(Environment& env, const Invocation& in);
Task<Answer> describe_key(Environment& env, const Invocation& in);
Task<Answer> list_keys(Environment& env, const Invocation& in);
Task<Answer> update_key_description(Environment& env, const Invocation& in);
Task<Answer> enable_key(Environment& env, const Invocation& in);
Task<Answer> disable_key(Environment& env, const Invocation& in);
Task<Answer> schedule_key_deletion(Environment& env, const Invocation& in);
Task<Answer> cancel_key_deletion(Environment& env, const Invocation& in);
Task<Answer> set_deletion_protection(Environment& env, const Invocation& in);

// key_versions.cc
Task<Answer> create_key_version(Environment& env, const Invocation& in);
Task<Answer> describe_key_version(Environment& env, const Invocation& in);
Task<Answer> list_key_versions(Environment& env, const Invocation& in);
Task<Answer> update_rotation_policy(Environment& env, const Invocation& in);

// aliases.cc
Task<Answer> create_alias(Environment& env, const Invocation& in);
Task<Answer> update_alias(Environment& env, const Invocation& in);
Task<Answer> delete_alias(Environment& env, const Invocation& in);
Task<Answer> list_aliases(Environment& env, const Invocation& in);
Task<Answer> list_aliases_by_key_id(Environment& env, const Invocation& in);

// encryption.cc
Task<Answer> encrypt(Environment& env, const Invocation& in);
Task<Answer> decrypt(Environment& env, const Invocation& in);
Task<Answer> re_encrypt(Environment& env, const Invocation& in);
Task<Answer> generate_data_key(Environment& env, const Invocation& in);
Task<Answer> generate_data_key_without_plaintext(Environment& env, const Invocation& in);
Task<Answer> generate_and_export_data_key(Environment& env, const Invocation& in);
Task<Answer> export_data_key(Environment& env, const Invocation& in);

// asymmetric_keys.cc
Task<Answer> asymmetric_sign(Environment& env, const Invocation& in);
Task<Answer> asymmetric_verify(Environment& env, const Invocation& in);
Task<Answer> asymmetric_encrypt(Environment& env, const Invocation& in);
Task<Answer> asymmetric_decrypt(Environment& env, const Invocation& in);
Task<Answer> get_public_key(Environment& env, const Invocation& in);

// imports.cc
Task<Answer> get_parameters_for_import(Environment& env, const Invocation& in);
Task<Answer> import_key_material(Environment& env, const Invocation& in);
Task<Answer> delete_key_material(Environment& env, const Invocation& in);

// secrets.cc
Task<Answer> create_secret(Environment& env, const Invocation& in);
Task<Answer> describe_secret(Environment& env, const Invocation& in);
Task<Answer> list_secrets(Environment& env, const Invocation& in);
Task<Answer> update_secret(Environment& env, const Invocation& in);
Task<Answer> delete_secret(Environment& env, const Invocation& in);
Task<Answer> restore_secret(Environment& env, const Invocation& in);

// secret_values.cc
Task<Answer> get_secret_value(Environment& env, const Invocation& in);
Task<Answer> put_secret_value(Environment& env, const Invocation& in);
Task<Answer> list_secret_version_ids(Environment& env, const Invocation& in);
Task<Answer> update_secret_version_stage(Environment& env, const Invocation& in);
Task<Answer> get_random_password(Environment& env, const Invocation& in);

// tags.cc
Task<Answer> tag_resource(Environment& env, const Invocation& in);
Task<Answer> untag_resource(Environment& env, const Invocation& in);
Task<Answer> list_resource_tags(Environment& env, const Invocation& in);
Task<Answer> tag_resources(Environment& env, const Invocation& in);
Task<Answer> untag_resources(Environment& env, const Invocation& in);
Task<Answer> list_tag_resources(Environment& env, const Invocation& in);

// installation.cc
Task<Answer> describe_regions(Environment& env, const Invocation& in);
Task<Answer> describe_service(Environment& env, const Invocation& in);
Task<Answer> describe_account_kms_status(Environment& env, const Invocation& in);
Task<Answer> open_kms_service(Environment& env, const Invocation& in);

}  // namespace lakeside::kms::wire
