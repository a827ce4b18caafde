-- What searches are made of. A database's owner may create both extensions: they are trusted ones.
CREATE EXTENSION IF NOT EXISTS "pg_trgm";--> statement-breakpoint
CREATE EXTENSION IF NOT EXISTS "unaccent";--> statement-breakpoint
-- Words of any language, without case and accents, and as they are: no language's rules for endings fit all others.
CREATE TEXT SEARCH CONFIGURATION "words" (COPY = simple);--> statement-breakpoint
ALTER TEXT SEARCH CONFIGURATION "words" ALTER MAPPING FOR hword, hword_part, word WITH unaccent, simple;--> statement-breakpoint
-- Cut off, because some letters become many without their accents, and an index takes no more than 2,704 bytes.
CREATE FUNCTION "name_key"("name" text) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN left(lower(unaccent('unaccent'::regdictionary, "name")), 255);--> statement-breakpoint
CREATE FUNCTION "item_search"("name" text, "tags" text[], "description" text) RETURNS tsvector LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN setweight(to_tsvector('words'::regconfig, "name"), 'A')
	|| setweight(to_tsvector('words'::regconfig, array_to_string("tags", ' ')), 'B')
	|| setweight(to_tsvector('words'::regconfig, coalesce("description", '')), 'D');--> statement-breakpoint
-- What a search asks for. The last word of one that is still being typed is the beginning of a word.
CREATE FUNCTION "item_query"("search" text, "is_typed" boolean) RETURNS tsquery LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN (websearch_to_tsquery('words'::regconfig, "search")::text
	|| CASE WHEN "is_typed" AND websearch_to_tsquery('words'::regconfig, "search")::text LIKE '%''' THEN ':*' ELSE '' END)::tsquery;--> statement-breakpoint
CREATE TYPE "public"."activity_kind" AS ENUM('ITEM_CREATED', 'ITEM_UPDATED', 'ITEM_DELETED', 'ITEM_RESTORED', 'ITEM_REVERTED', 'ITEM_SHARED', 'SHARE_CHANGED', 'SHARE_REVOKED', 'COMMENT_ADDED', 'COMMENT_DELETED');--> statement-breakpoint
CREATE TYPE "public"."item_version_kind" AS ENUM('CREATED', 'UPDATED', 'DELETED', 'RESTORED', 'REVERTED');--> statement-breakpoint
CREATE TYPE "public"."person_status" AS ENUM('ACTIVE', 'DELETED', 'PURGED');--> statement-breakpoint
CREATE TYPE "public"."share_permission" AS ENUM('VIEW', 'COMMENT', 'EDIT');--> statement-breakpoint
CREATE TABLE "activities" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"user_id" uuid NOT NULL,
	"kind" "activity_kind" NOT NULL,
	"actor_id" uuid NOT NULL,
	"item_id" uuid NOT NULL,
	"item_name" varchar(255) NOT NULL,
	"version" integer,
	"comment_id" uuid,
	"permission" "share_permission",
	"created_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "comments" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"item_id" uuid NOT NULL,
	"parent_id" uuid,
	"author_id" uuid NOT NULL,
	"body" text NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"edited_at" timestamp with time zone,
	"deleted_at" timestamp with time zone,
	"deleted_by" uuid
);
--> statement-breakpoint
CREATE TABLE "followed_positions" (
	"source" text PRIMARY KEY NOT NULL,
	"position" bigint NOT NULL
);
--> statement-breakpoint
CREATE TABLE "idempotency_keys" (
	"owner_id" uuid NOT NULL,
	"key" varchar(100) NOT NULL,
	"input_sha256" text NOT NULL,
	"item_id" uuid NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "idempotency_keys_owner_id_key_pk" PRIMARY KEY("owner_id","key")
);
--> statement-breakpoint
CREATE TABLE "item_versions" (
	"item_id" uuid NOT NULL,
	"version" integer NOT NULL,
	"kind" "item_version_kind" NOT NULL,
	"name" varchar(255) NOT NULL,
	"description" text,
	"status" "item_status" DEFAULT 'DRAFT' NOT NULL,
	"visibility" "item_visibility" DEFAULT 'PRIVATE' NOT NULL,
	"tags" text[] DEFAULT '{}' NOT NULL,
	"author_id" uuid NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "item_versions_item_id_version_pk" PRIMARY KEY("item_id","version")
);
--> statement-breakpoint
CREATE TABLE "people" (
	"id" uuid PRIMARY KEY NOT NULL,
	"username" varchar(50) NOT NULL,
	"email_sha256" text,
	"is_email_verified" boolean NOT NULL,
	"status" "person_status" NOT NULL
);
--> statement-breakpoint
CREATE TABLE "shares" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"item_id" uuid NOT NULL,
	"user_id" uuid,
	"email" varchar(254),
	"email_sha256" text,
	"permission" "share_permission" NOT NULL,
	"granted_by" uuid NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "shares_are_with_somebody" CHECK ("shares"."user_id" is not null or "shares"."email_sha256" is not null),
	CONSTRAINT "shares_by_email_are_hashed" CHECK (("shares"."email" is null) = ("shares"."email_sha256" is null))
);
--> statement-breakpoint
ALTER TABLE "items" ADD COLUMN "tags" text[] DEFAULT '{}' NOT NULL;--> statement-breakpoint
ALTER TABLE "items" ADD COLUMN "deleted_by" uuid;--> statement-breakpoint
ALTER TABLE "items" ADD COLUMN "name_key" text collate "C" GENERATED ALWAYS AS (name_key(name)) STORED;--> statement-breakpoint
ALTER TABLE "items" ADD COLUMN "search" "tsvector" GENERATED ALWAYS AS (item_search(name, tags, description)) STORED;--> statement-breakpoint
ALTER TABLE "comments" ADD CONSTRAINT "comments_item_id_items_id_fk" FOREIGN KEY ("item_id") REFERENCES "public"."items"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "comments" ADD CONSTRAINT "comments_parent_id_comments_id_fk" FOREIGN KEY ("parent_id") REFERENCES "public"."comments"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "item_versions" ADD CONSTRAINT "item_versions_item_id_items_id_fk" FOREIGN KEY ("item_id") REFERENCES "public"."items"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "shares" ADD CONSTRAINT "shares_item_id_items_id_fk" FOREIGN KEY ("item_id") REFERENCES "public"."items"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "activities_of_user" ON "activities" USING btree ("user_id","created_at" DESC NULLS FIRST,"id" DESC NULLS FIRST);--> statement-breakpoint
CREATE INDEX "activities_by_age" ON "activities" USING btree ("created_at");--> statement-breakpoint
CREATE INDEX "comments_of_item" ON "comments" USING btree ("item_id","created_at","id") WHERE "comments"."parent_id" is null;--> statement-breakpoint
CREATE INDEX "comments_in_reply" ON "comments" USING btree ("parent_id","created_at","id") WHERE "comments"."parent_id" is not null;--> statement-breakpoint
CREATE INDEX "comments_by_item" ON "comments" USING btree ("item_id");--> statement-breakpoint
CREATE INDEX "comments_by_author" ON "comments" USING btree ("author_id");--> statement-breakpoint
CREATE INDEX "idempotency_keys_by_age" ON "idempotency_keys" USING btree ("created_at");--> statement-breakpoint
CREATE INDEX "people_by_username" ON "people" USING btree (lower("username"));--> statement-breakpoint
CREATE INDEX "people_by_email" ON "people" USING btree ("email_sha256");--> statement-breakpoint
CREATE INDEX "people_gone" ON "people" USING btree ("id") WHERE "people"."status" <> 'ACTIVE';--> statement-breakpoint
CREATE UNIQUE INDEX "shares_by_username" ON "shares" USING btree ("item_id","user_id") WHERE "shares"."email" is null;--> statement-breakpoint
CREATE UNIQUE INDEX "shares_by_email" ON "shares" USING btree ("item_id","email_sha256");--> statement-breakpoint
CREATE INDEX "shares_with_user" ON "shares" USING btree ("user_id","item_id");--> statement-breakpoint
CREATE INDEX "shares_of_item" ON "shares" USING btree ("item_id","created_at","id");--> statement-breakpoint
CREATE INDEX "shares_by_address" ON "shares" USING btree ("email_sha256");--> statement-breakpoint
CREATE INDEX "items_last_changed" ON "items" USING btree ("updated_at" DESC NULLS FIRST,"id" DESC NULLS FIRST) WHERE "items"."deleted_at" is null;--> statement-breakpoint
CREATE INDEX "items_by_name" ON "items" USING btree ("name_key","id") WHERE "items"."deleted_at" is null;--> statement-breakpoint
CREATE INDEX "items_by_tag" ON "items" USING gin ("tags") WITH (fastupdate=false) WHERE "items"."deleted_at" is null;--> statement-breakpoint
CREATE INDEX "items_by_word" ON "items" USING gin ("search") WITH (fastupdate=false) WHERE "items"."deleted_at" is null;--> statement-breakpoint
CREATE INDEX "items_by_trigram" ON "items" USING gin ("name_key" gin_trgm_ops) WITH (fastupdate=false) WHERE "items"."deleted_at" is null;--> statement-breakpoint
CREATE INDEX "items_in_trash" ON "items" USING btree ("owner_id","deleted_at" DESC NULLS FIRST,"id" DESC NULLS FIRST) WHERE "items"."deleted_at" is not null;--> statement-breakpoint
CREATE INDEX "items_to_purge" ON "items" USING btree ("deleted_at") WHERE "items"."deleted_at" is not null;--> statement-breakpoint
-- What is known of items that are older than their versions: how they are now.
INSERT INTO "item_versions" ("item_id", "version", "kind", "name", "description", "status", "visibility", "author_id", "created_at")
SELECT "id", "version", (CASE WHEN "deleted_at" IS NOT NULL THEN 'DELETED' WHEN "version" = 1 THEN 'CREATED' ELSE 'UPDATED' END)::"item_version_kind",
	"name", "description", "status", "visibility", "owner_id", "updated_at" FROM "items";--> statement-breakpoint
UPDATE "items" SET "deleted_by" = "owner_id" WHERE "deleted_at" IS NOT NULL;
