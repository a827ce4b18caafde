#!/usr/bin/env bash
# A database for each subgraph, with a role of its own that has no way into any other. The Postgres image runs this once,
# when its volume is new.
set -euo pipefail

create_database() {
  psql --no-psqlrc --set ON_ERROR_STOP=1 --username "${POSTGRES_USER:-postgres}" --dbname postgres \
    --set name="$1" --set password="$2" <<'SQL'
create role :"name" login password :'password';
create database :"name" owner :"name";
revoke all on database :"name" from public;
SQL
}

create_database users "$USERS_DATABASE_PASSWORD"
create_database items "$ITEMS_DATABASE_PASSWORD"
