-- Comes with Postgres, and is trusted: the owner of the database may create it.
CREATE EXTENSION IF NOT EXISTS pg_trgm;--> statement-breakpoint
CREATE INDEX "users_search" ON "users" USING gin (("username" || chr(10) || "email" || chr(10) || coalesce("first_name", '') || ' ' || coalesce("last_name", '')) gin_trgm_ops);--> statement-breakpoint
CREATE INDEX "users_search_by_username" ON "users" USING gin ("username" gin_trgm_ops);