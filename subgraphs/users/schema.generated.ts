import type { GraphQLResolveInfo, GraphQLScalarType, GraphQLScalarTypeConfig } from 'graphql';
import type { UserRow } from './account-store.ts';
import type { SessionRow } from './session-store.ts';
import type { ApiKeyRow } from './api-key-store.ts';
import type { SecondFactorRow } from './second-factor-store.ts';
import type { RoleName } from './roles.ts';
import type { UsersContext } from './context.ts';
export type Maybe<T> = T | null;
export type InputMaybe<T> = T | null;
export type Omit<T, K extends keyof T> = Pick<T, Exclude<keyof T, K>>;
export type RequireFields<T, K extends keyof T> = Omit<T, K> & { [P in K]-?: NonNullable<T[P]> };
export type EnumResolverSignature<T, AllowedValues = any> = { [key in keyof T]?: AllowedValues };
/** All built-in and custom scalars, mapped to their actual values */
export type Scalars = {
  ID: { input: string; output: string; }
  String: { input: string; output: string; }
  Boolean: { input: boolean; output: boolean; }
  Int: { input: number; output: number; }
  Float: { input: number; output: number; }
  /** A moment in UTC, written as ISO 8601 with milliseconds: `2026-11-21T09:30:00.000Z`. */
  DateTime: { input: Date; output: Date; }
  _FieldSet: { input: unknown; output: unknown; }
};

/** A key of a program that acts for a person, sent as `Authorization: Bearer <key>`. */
export type ApiKey = {
  __typename?: 'ApiKey';
  /** When it was made. */
  createdAt: Scalars['DateTime']['output'];
  /** When it ends; null for one that does not. */
  expiresAt?: Maybe<Scalars['DateTime']['output']>;
  /** Stays the same for the life of the key. */
  id: Scalars['ID']['output'];
  /** The address it was last used from, where one is known. */
  lastUsedAddress?: Maybe<Scalars['String']['output']>;
  /** When it was last used, to half a minute; null for one that never was. */
  lastUsedAt?: Maybe<Scalars['DateTime']['output']>;
  /** What its owner calls it. */
  name: Scalars['String']['output'];
  /** The first characters of the key, to tell it from others. */
  prefix: Scalars['String']['output'];
  /** Requests a minute that it is good for; more are refused with `RATE_LIMITED`. */
  ratePerMinute: Scalars['Int']['output'];
  /** What it may be used for. */
  scopes: Array<Scalars['String']['output']>;
};

/** What an authenticator app has to be given. */
export type BeginSecondFactorPayload = {
  __typename?: 'BeginSecondFactorPayload';
  /** Base32, to be typed. */
  secret: Scalars['String']['output'];
  /** The same as `otpauth://…`, to be shown as a QR code. */
  uri: Scalars['String']['output'];
};

/** What is asked of somebody who changes a password. */
export type ChangePasswordInput = {
  /** The password so far. */
  currentPassword: Scalars['String']['input'];
  /** 8 to 128 characters, not easily guessed. */
  newPassword: Scalars['String']['input'];
};

/** The account whose password was changed. */
export type ChangePasswordPayload = {
  __typename?: 'ChangePasswordPayload';
  /** How many other sessions were ended. */
  sessionsEnded: Scalars['Int']['output'];
  /** As it stands now. */
  user: User;
};

/** The second factor that counts from now on. */
export type ConfirmSecondFactorPayload = {
  __typename?: 'ConfirmSecondFactorPayload';
  /** To be kept on paper, each good once in place of a code: they cannot be shown again. */
  recoveryCodes: Array<Scalars['String']['output']>;
  /** As it stands now. */
  secondFactor: SecondFactor;
};

/** What a new key is made of. */
export type CreateApiKeyInput = {
  /** Days until it ends, 1 to 3,650; left out for one that does not. */
  expiresInDays?: InputMaybe<Scalars['Int']['input']>;
  /** 1 to 100 characters. */
  name: Scalars['String']['input'];
  /** Requests a minute that it is good for, 1 to 10,000. */
  ratePerMinute?: Scalars['Int']['input'];
  /** What it may be used for: some of the scopes that the person has. */
  scopes: Array<Scalars['String']['input']>;
};

/** The key that was made. */
export type CreateApiKeyPayload = {
  __typename?: 'CreateApiKeyPayload';
  /** All about it but the key itself. */
  apiKey: ApiKey;
  /** The key itself: it cannot be shown again. */
  key: Scalars['String']['output'];
};

/** The account that was deleted. */
export type DeleteMePayload = {
  __typename?: 'DeleteMePayload';
  /** Until when it can be restored. */
  restorableUntil: Scalars['DateTime']['output'];
};

/** The account that was deleted. */
export type DeleteUserPayload = {
  __typename?: 'DeleteUserPayload';
  /** Until when it can be restored. */
  restorableUntil: Scalars['DateTime']['output'];
  /** Its id. */
  userId: Scalars['ID']['output'];
};

/** What proves who somebody is. */
export type LoginInput = {
  /** Six digits of the authenticator app, or a recovery code, where the account has a second factor. */
  code?: InputMaybe<Scalars['String']['input']>;
  /** The address of the account. */
  email: Scalars['String']['input'];
  /** Where the refresh token is to be kept. */
  keepRefreshToken?: RefreshTokenHolder;
  /** Its password. */
  password: Scalars['String']['input'];
};

/** Proof of a login, to be sent as `Authorization: Bearer <accessToken>`. */
export type LoginPayload = {
  __typename?: 'LoginPayload';
  /** A JWT signed with ES256; its keys stand at `/.well-known/jwks.json` of the users subgraph. */
  accessToken: Scalars['String']['output'];
  /** Seconds from now until the token expires. */
  expiresIn: Scalars['Int']['output'];
  /** Exchanged by `refreshSession` for the next pair of tokens, once; null where it is kept in a cookie. */
  refreshToken?: Maybe<Scalars['String']['output']>;
  /** The account that was logged in to. */
  user: User;
};

/** The sessions that were ended. */
export type LogoutEverywherePayload = {
  __typename?: 'LogoutEverywherePayload';
  /** How many there were. */
  sessionsEnded: Scalars['Int']['output'];
};

/** The session that was ended. */
export type LogoutPayload = {
  __typename?: 'LogoutPayload';
  /** Its id; null where the token belonged to none. */
  sessionId?: Maybe<Scalars['ID']['output']>;
};

export type Mutation = {
  __typename?: 'Mutation';
  /** Begins to set up a second factor: an authenticator app (TOTP, RFC 6238). It counts once it is confirmed. */
  beginSecondFactor?: Maybe<BeginSecondFactorPayload>;
  /** Chooses another password and ends every other session. A wrong current one is `BAD_USER_INPUT` for `currentPassword`. */
  changePassword?: Maybe<ChangePasswordPayload>;
  /** Confirms the second factor with a first code of the app; from now on a login needs one. A wrong code is `BAD_USER_INPUT`. */
  confirmSecondFactor?: Maybe<ConfirmSecondFactorPayload>;
  /** Makes a key for a program that acts for the person. At most 50 keys at a time. */
  createApiKey?: Maybe<CreateApiKeyPayload>;
  /**
   * Deletes the person's own account: nobody sees it, or what belongs to it, from now on, and every session and key ends. It
   * can be restored for 14 days and is removed for good after them. The last admin is refused with `CONFLICT`.
   */
  deleteMe?: Maybe<DeleteMePayload>;
  /** Deletes anybody's account, as its owner would with `deleteMe`. The last admin is refused with `CONFLICT`. */
  deleteUser?: Maybe<DeleteUserPayload>;
  /**
   * Begins a session. An unknown address and a wrong password get the same answer: the code `UNAUTHENTICATED`, after the same
   * work. Where the password is right and something else is missing, `extensions.reason` says what: `EMAIL_NOT_VERIFIED`,
   * `SECOND_FACTOR_NEEDED` (of a code that was given and is wrong, with the field `code`) or `ACCOUNT_DELETED`. Five a minute are
   * answered to one address, all further ones refused with `RATE_LIMITED` until the minute is over; so are more than ten for one
   * account.
   */
  login?: Maybe<LoginPayload>;
  /** Ends the session that the access token belongs to: no token of it is good any more. Takes the cookie back, where there is one. */
  logout?: Maybe<LogoutPayload>;
  /** Ends every session of the person. */
  logoutEverywhere?: Maybe<LogoutEverywherePayload>;
  /**
   * Goes on with a session: a refresh token is exchanged for a new access token and a new refresh token. One that was used
   * more than ten seconds before ends the whole session, since somebody else may have it, and the person is told by mail. A token
   * that is no good is refused with `UNAUTHENTICATED`.
   */
  refreshSession?: Maybe<RefreshSessionPayload>;
  /**
   * Opens an account and sends a mail with a link that verifies its address. A username or an e-mail address already taken is
   * refused with the code `CONFLICT`; a value that breaks a rule, or a password that is easily guessed, with `BAD_USER_INPUT`;
   * both name the field at fault in `extensions.field`. Five a minute are answered to one address, all further ones refused
   * with `RATE_LIMITED` until the minute is over.
   */
  register?: Maybe<RegisterPayload>;
  /** Takes the second factor away. Asks for the password and for a code, as somebody else may sit at the screen. */
  removeSecondFactor?: Maybe<RemoveSecondFactorPayload>;
  /** Makes new recovery codes; the old ones are no longer good. */
  renewRecoveryCodes?: Maybe<RenewRecoveryCodesPayload>;
  /** Sends a mail with a link to choose another password, where the address has an account. The answer never tells whether it has. */
  requestPasswordReset?: Maybe<RequestPasswordResetPayload>;
  /** Sends the mail again, where the address has an account that is not verified. The answer never tells whether it has. */
  resendVerification?: Maybe<ResendVerificationPayload>;
  /**
   * Chooses another password with what the mail holds, which shows that the address is read, and ends every session. A token
   * that is unknown, used or too old is refused with `BAD_USER_INPUT` for the field `token`.
   */
  resetPassword?: Maybe<ResetPasswordPayload>;
  /** Takes a deletion back, within its 14 days, and begins a session. Refused as `login` is. */
  restoreMe?: Maybe<LoginPayload>;
  /** Ends a key: it is refused within a second. `NOT_FOUND` for one that is not the person's or has ended. */
  revokeApiKey?: Maybe<RevokeApiKeyPayload>;
  /** Ends one session of the person. `NOT_FOUND` for one that is not the person's or has ended. */
  revokeSession?: Maybe<RevokeSessionPayload>;
  /** Replaces a key by a new one of the same name, scopes and rate. The old one is refused within a second. */
  rotateApiKey?: Maybe<RotateApiKeyPayload>;
  /** Gives an account these roles and no others; what it may do changes at once. Taking `ADMIN` from the last admin is `CONFLICT`. */
  setUserRoles?: Maybe<SetUserRolesPayload>;
  /**
   * Answers with an access token for which the policy `step-up` holds: ten minutes in which the holder may do what needs a
   * second factor. A wrong code is `BAD_USER_INPUT` for the field `code`.
   */
  stepUp?: Maybe<StepUpPayload>;
  /** Changes the given fields of the person's own account and leaves the others as they are. */
  updateMe?: Maybe<UpdateMePayload>;
  /** Changes the given fields of anybody's account. `NOT_FOUND` when there is no such account. */
  updateUser?: Maybe<UpdateUserPayload>;
  /** Shows that mail reaches the account's address. A token that is unknown, used or too old is refused with `BAD_USER_INPUT`. */
  verifyEmail?: Maybe<VerifyEmailPayload>;
};


export type MutationBeginSecondFactorArgs = {
  password: Scalars['String']['input'];
};


export type MutationChangePasswordArgs = {
  input: ChangePasswordInput;
};


export type MutationConfirmSecondFactorArgs = {
  code: Scalars['String']['input'];
};


export type MutationCreateApiKeyArgs = {
  input: CreateApiKeyInput;
};


export type MutationDeleteMeArgs = {
  password: Scalars['String']['input'];
};


export type MutationDeleteUserArgs = {
  id: Scalars['ID']['input'];
};


export type MutationLoginArgs = {
  input: LoginInput;
};


export type MutationRefreshSessionArgs = {
  refreshToken?: InputMaybe<Scalars['String']['input']>;
};


export type MutationRegisterArgs = {
  input: RegisterInput;
};


export type MutationRemoveSecondFactorArgs = {
  input: RemoveSecondFactorInput;
};


export type MutationRenewRecoveryCodesArgs = {
  code: Scalars['String']['input'];
};


export type MutationRequestPasswordResetArgs = {
  email: Scalars['String']['input'];
};


export type MutationResendVerificationArgs = {
  email: Scalars['String']['input'];
};


export type MutationResetPasswordArgs = {
  input: ResetPasswordInput;
};


export type MutationRestoreMeArgs = {
  input: LoginInput;
};


export type MutationRevokeApiKeyArgs = {
  id: Scalars['ID']['input'];
};


export type MutationRevokeSessionArgs = {
  id: Scalars['ID']['input'];
};


export type MutationRotateApiKeyArgs = {
  id: Scalars['ID']['input'];
};


export type MutationSetUserRolesArgs = {
  input: SetUserRolesInput;
};


export type MutationStepUpArgs = {
  code: Scalars['String']['input'];
};


export type MutationUpdateMeArgs = {
  input: UpdateMeInput;
};


export type MutationUpdateUserArgs = {
  input: UpdateUserInput;
};


export type MutationVerifyEmailArgs = {
  token: Scalars['String']['input'];
};

/** Where a page stands in its list. */
export type PageInfo = {
  __typename?: 'PageInfo';
  /** The cursor of the page's last item; null for an empty page. */
  endCursor?: Maybe<Scalars['String']['output']>;
  /** Whether another item follows this page. */
  hasNextPage: Scalars['Boolean']['output'];
  /** Whether another item stands before this page. */
  hasPreviousPage: Scalars['Boolean']['output'];
  /** The cursor of the page's first item; null for an empty page. */
  startCursor?: Maybe<Scalars['String']['output']>;
};

export type Query = {
  __typename?: 'Query';
  /** The person whose token this is. */
  me?: Maybe<User>;
  /**
   * Anybody's public profile. Null with the code `NOT_FOUND` when there is no such account, or when it was deleted: only holders
   * of `users:read` or `users:admin` see it then, as long as it can be restored.
   */
  user?: Maybe<User>;
  /** Every account, newest first, deleted ones that can still be restored too. */
  users?: Maybe<UserConnection>;
};


export type QueryUserArgs = {
  id: Scalars['ID']['input'];
};


export type QueryUsersArgs = {
  after?: InputMaybe<Scalars['String']['input']>;
  first?: Scalars['Int']['input'];
  role?: InputMaybe<Role>;
  search?: InputMaybe<Scalars['String']['input']>;
};

/** The next tokens of a session. */
export type RefreshSessionPayload = {
  __typename?: 'RefreshSessionPayload';
  /** A JWT signed with ES256; its keys stand at `/.well-known/jwks.json` of the users subgraph. */
  accessToken: Scalars['String']['output'];
  /** Seconds from now until the token expires. */
  expiresIn: Scalars['Int']['output'];
  /** Exchanged by `refreshSession` for the next pair of tokens, once; null where it is kept in a cookie. */
  refreshToken?: Maybe<Scalars['String']['output']>;
  /** The account that is logged in. */
  user: User;
};

/** Who holds the refresh token of a session. */
export type RefreshTokenHolder =
  /** The client: it is in the answer. */
  | 'CLIENT'
  /** The browser, in a cookie that no script can read: it is not in the answer. */
  | 'COOKIE';

/** What is asked of somebody who opens an account. */
export type RegisterInput = {
  /** Where the person can be reached; compared without regard to case. */
  email: Scalars['String']['input'];
  /** At most 100 characters. */
  firstName?: InputMaybe<Scalars['String']['input']>;
  /** At most 100 characters. */
  lastName?: InputMaybe<Scalars['String']['input']>;
  /** 8 to 128 characters, not easily guessed. */
  password: Scalars['String']['input'];
  /** E.164: a plus sign, then 7 to 15 digits. */
  phoneNumber?: InputMaybe<Scalars['String']['input']>;
  /** 3 to 50 letters, digits, dots, dashes or underscores. */
  username: Scalars['String']['input'];
};

/** The account that was opened. */
export type RegisterPayload = {
  __typename?: 'RegisterPayload';
  /** Whether a login has to wait until the address is verified. */
  needsVerification: Scalars['Boolean']['output'];
  /** The new account, as its owner sees it after logging in. */
  user: User;
};

/** What is asked of somebody who takes a second factor away. */
export type RemoveSecondFactorInput = {
  /** Six digits of the app, or a recovery code. */
  code: Scalars['String']['input'];
  /** The account's password. */
  password: Scalars['String']['input'];
};

/** The account without a second factor. */
export type RemoveSecondFactorPayload = {
  __typename?: 'RemoveSecondFactorPayload';
  /** As it stands now. */
  user: User;
};

/** New recovery codes. */
export type RenewRecoveryCodesPayload = {
  __typename?: 'RenewRecoveryCodesPayload';
  /** To be kept on paper, each good once in place of a code: they cannot be shown again. */
  recoveryCodes: Array<Scalars['String']['output']>;
};

/** That the wish was taken: whether a mail is sent is for its reader to see. */
export type RequestPasswordResetPayload = {
  __typename?: 'RequestPasswordResetPayload';
  /** Always true. */
  isAccepted: Scalars['Boolean']['output'];
};

/** That the wish was taken: whether a mail is sent is for its reader to see. */
export type ResendVerificationPayload = {
  __typename?: 'ResendVerificationPayload';
  /** Always true. */
  isAccepted: Scalars['Boolean']['output'];
};

/** What is asked of somebody who forgot a password. */
export type ResetPasswordInput = {
  /** 8 to 128 characters, not easily guessed. */
  newPassword: Scalars['String']['input'];
  /** What the link in the mail holds. */
  token: Scalars['String']['input'];
};

/** The account whose password was changed. */
export type ResetPasswordPayload = {
  __typename?: 'ResetPasswordPayload';
  /** As it stands now, to everybody. */
  user: User;
};

/** The key that was ended. */
export type RevokeApiKeyPayload = {
  __typename?: 'RevokeApiKeyPayload';
  /** Its id, to be forgotten by whoever keeps a copy. */
  apiKeyId: Scalars['ID']['output'];
};

/** The session that was ended. */
export type RevokeSessionPayload = {
  __typename?: 'RevokeSessionPayload';
  /** Its id, to be forgotten by whoever keeps a copy. */
  sessionId: Scalars['ID']['output'];
};

/** A set of scopes that an account holds. */
export type Role =
  /** Manages accounts: `users:admin`, `jobs:admin`, `usage:read`. */
  | 'ADMIN'
  /** Creates, changes and shares items of one's own: `items:write`, `shares:write`. */
  | 'CREATOR'
  /** Looks after what others publish: `comments:moderate`, `items:moderate`. */
  | 'MODERATOR'
  /** Sees accounts in order to help their owners: `users:read`. */
  | 'SUPPORT'
  /** Reads what is public, writes comments and manages their own profile: `items:read`, `comments:write`, `profile:write`. */
  | 'USER';

/** The key that takes the place of another. */
export type RotateApiKeyPayload = {
  __typename?: 'RotateApiKeyPayload';
  /** All about it but the key itself. */
  apiKey: ApiKey;
  /** The key itself: it cannot be shown again. */
  key: Scalars['String']['output'];
};

/** An authenticator app that logins need besides the password. */
export type SecondFactor = {
  __typename?: 'SecondFactor';
  /** When it was confirmed. */
  confirmedAt: Scalars['DateTime']['output'];
  /** Recovery codes that are still good. */
  recoveryCodesLeft: Scalars['Int']['output'];
};

/** A login that goes on, on one device. */
export type Session = {
  __typename?: 'Session';
  /** The address it was last used from, where one is known. */
  address?: Maybe<Scalars['String']['output']>;
  /** When it began. */
  createdAt: Scalars['DateTime']['output'];
  /** What it is used with, as far as the client told: `Firefox on Linux`. */
  device: Scalars['String']['output'];
  /** When it ends, unless it is used before. */
  expiresAt: Scalars['DateTime']['output'];
  /** Stays the same for the life of the session. */
  id: Scalars['ID']['output'];
  /** Whether it is the one that asks. */
  isCurrent: Scalars['Boolean']['output'];
  /** When it was last used to get an access token. */
  lastSeenAt: Scalars['DateTime']['output'];
};

/** What an account is to be allowed. */
export type SetUserRolesInput = {
  /** Which account. */
  id: Scalars['ID']['input'];
  /** Its roles from now on, 1 at least. */
  roles: Array<Role>;
};

/** The account whose roles were set. */
export type SetUserRolesPayload = {
  __typename?: 'SetUserRolesPayload';
  /** As it stands now. */
  user: User;
};

/** An access token for what needs a second factor. */
export type StepUpPayload = {
  __typename?: 'StepUpPayload';
  /** To be sent as `Authorization: Bearer <accessToken>`. */
  accessToken: Scalars['String']['output'];
  /** Seconds from now until the token expires: ten minutes. */
  expiresIn: Scalars['Int']['output'];
};

/** What to change about one's own account. A field that is left out stays as it is. */
export type UpdateMeInput = {
  /** At most 100 characters; null takes it away. */
  firstName?: InputMaybe<Scalars['String']['input']>;
  /** At most 100 characters; null takes it away. */
  lastName?: InputMaybe<Scalars['String']['input']>;
  /** E.164: a plus sign, then 7 to 15 digits; null takes it away. */
  phoneNumber?: InputMaybe<Scalars['String']['input']>;
  /** 3 to 50 letters, digits, dots, dashes or underscores; cannot be null. One that is taken is `CONFLICT`. */
  username?: InputMaybe<Scalars['String']['input']>;
};

/** The account that was changed. */
export type UpdateMePayload = {
  __typename?: 'UpdateMePayload';
  /** As it stands now. */
  user: User;
};

/** What to change about somebody's account. A field that is left out stays as it is. */
export type UpdateUserInput = {
  /** An address, which counts as verified; cannot be null. One that is taken is `CONFLICT`. */
  email?: InputMaybe<Scalars['String']['input']>;
  /** At most 100 characters; null takes it away. */
  firstName?: InputMaybe<Scalars['String']['input']>;
  /** Which account. */
  id: Scalars['ID']['input'];
  /** At most 100 characters; null takes it away. */
  lastName?: InputMaybe<Scalars['String']['input']>;
  /** E.164: a plus sign, then 7 to 15 digits; null takes it away. */
  phoneNumber?: InputMaybe<Scalars['String']['input']>;
  /** 3 to 50 letters, digits, dots, dashes or underscores; cannot be null. One that is taken is `CONFLICT`. */
  username?: InputMaybe<Scalars['String']['input']>;
};

/** The account that was changed. */
export type UpdateUserPayload = {
  __typename?: 'UpdateUserPayload';
  /** As it stands now. */
  user: User;
};

/**
 * Somebody with an account. Id, username and createdAt are public; the other fields are for that person
 * and for holders of the scope `users:admin`, on whatever way the user was reached. Others get null for them with the
 * code `FORBIDDEN`.
 */
export type User = {
  __typename?: 'User';
  /** Keys of programs that act for the person, newest first, ended ones left out. For the person alone. */
  apiKeys?: Maybe<Array<ApiKey>>;
  /** When the account was opened. */
  createdAt: Scalars['DateTime']['output'];
  /**
   * When the account was deleted, which can be taken back for 14 days; null for one that is not. For holders of `users:read`
   * too.
   */
  deletedAt?: Maybe<Scalars['DateTime']['output']>;
  /** The address the person logs in with, in lower case. */
  email?: Maybe<Scalars['String']['output']>;
  /** Given name, where the person told one. */
  firstName?: Maybe<Scalars['String']['output']>;
  /** Stays the same for the life of the account. */
  id: Scalars['ID']['output'];
  /** Whether the person has shown to read mail at that address. */
  isEmailVerified?: Maybe<Scalars['Boolean']['output']>;
  /** Family name, where the person told one. */
  lastName?: Maybe<Scalars['String']['output']>;
  /** Phone number in E.164 form (`+4915112345678`), where the person told one. */
  phoneNumber?: Maybe<Scalars['String']['output']>;
  /** What the account may do; each role stands for a set of scopes. */
  roles?: Maybe<Array<Role>>;
  /** The second factor of logins; null where there is none. For the person alone. */
  secondFactor?: Maybe<SecondFactor>;
  /** Logins that go on, the last used first. For the person alone. */
  sessions?: Maybe<Array<Session>>;
  /** The name shown to others, 3 to 50 characters, unique whatever its case. */
  username: Scalars['String']['output'];
};

/** A page of accounts, as Relay's connection specification has it. */
export type UserConnection = {
  __typename?: 'UserConnection';
  /** The accounts of this page, each with its cursor. */
  edges: Array<UserEdge>;
  /** The accounts of this page without cursors, for those who need none. */
  nodes: Array<User>;
  /** Whether there is more, and where to go on. */
  pageInfo: PageInfo;
};

/** An account and its place in the list. */
export type UserEdge = {
  __typename?: 'UserEdge';
  /** Given as `after`, answers with what follows this account. Opaque: its form may change. */
  cursor: Scalars['String']['output'];
  /** The account. */
  node: User;
};

/** The account whose address is verified. */
export type VerifyEmailPayload = {
  __typename?: 'VerifyEmailPayload';
  /** As it stands now, to everybody. */
  user: User;
};

/** By what clients are told apart. */
export type RateLimit__Key =
  /** The client's address; of IPv6 its network of 64 bits. */
  | 'IP';



export type ResolverTypeWrapper<T> = Promise<T> | T;

export type ReferenceResolver<TResult, TReference, TContext> = (
      reference: TReference,
      context: TContext,
      info: GraphQLResolveInfo
    ) => Promise<TResult> | TResult;

      type ScalarCheck<T, S> = S extends true ? T : NullableCheck<T, S>;
      type NullableCheck<T, S> = Maybe<T> extends T ? Maybe<ListCheck<NonNullable<T>, S>> : ListCheck<T, S>;
      type ListCheck<T, S> = T extends (infer U)[] ? NullableCheck<U, S>[] : GraphQLRecursivePick<T, S>;
      export type GraphQLRecursivePick<T, S> = { [K in keyof T & keyof S]: ScalarCheck<T[K], S[K]> };
    

export type ResolverWithResolve<TResult, TParent, TContext, TArgs> = {
  resolve: ResolverFn<TResult, TParent, TContext, TArgs>;
};
export type Resolver<TResult, TParent = Record<PropertyKey, never>, TContext = Record<PropertyKey, never>, TArgs = Record<PropertyKey, never>> = ResolverFn<TResult, TParent, TContext, TArgs> | ResolverWithResolve<TResult, TParent, TContext, TArgs>;

export type ResolverFn<TResult, TParent, TContext, TArgs> = (
  parent: TParent,
  args: TArgs,
  context: TContext,
  info: GraphQLResolveInfo
) => Promise<TResult> | TResult;

export type SubscriptionSubscribeFn<TResult, TParent, TContext, TArgs> = (
  parent: TParent,
  args: TArgs,
  context: TContext,
  info: GraphQLResolveInfo
) => AsyncIterable<TResult> | Promise<AsyncIterable<TResult>>;

export type SubscriptionResolveFn<TResult, TParent, TContext, TArgs> = (
  parent: TParent,
  args: TArgs,
  context: TContext,
  info: GraphQLResolveInfo
) => TResult | Promise<TResult>;

export interface SubscriptionSubscriberObject<TResult, TKey extends string, TParent, TContext, TArgs> {
  subscribe: SubscriptionSubscribeFn<{ [key in TKey]: TResult }, TParent, TContext, TArgs>;
  resolve?: SubscriptionResolveFn<TResult, { [key in TKey]: TResult }, TContext, TArgs>;
}

export interface SubscriptionResolverObject<TResult, TParent, TContext, TArgs> {
  subscribe: SubscriptionSubscribeFn<any, TParent, TContext, TArgs>;
  resolve: SubscriptionResolveFn<TResult, any, TContext, TArgs>;
}

export type SubscriptionObject<TResult, TKey extends string, TParent, TContext, TArgs> =
  | SubscriptionSubscriberObject<TResult, TKey, TParent, TContext, TArgs>
  | SubscriptionResolverObject<TResult, TParent, TContext, TArgs>;

export type SubscriptionResolver<TResult, TKey extends string, TParent = Record<PropertyKey, never>, TContext = Record<PropertyKey, never>, TArgs = Record<PropertyKey, never>> =
  | ((...args: any[]) => SubscriptionObject<TResult, TKey, TParent, TContext, TArgs>)
  | SubscriptionObject<TResult, TKey, TParent, TContext, TArgs>;

export type TypeResolveFn<TTypes, TParent = Record<PropertyKey, never>, TContext = Record<PropertyKey, never>> = (
  parent: TParent,
  context: TContext,
  info: GraphQLResolveInfo
) => Maybe<TTypes> | Promise<Maybe<TTypes>>;

export type IsTypeOfResolverFn<T = Record<PropertyKey, never>, TContext = Record<PropertyKey, never>> = (obj: T, context: TContext, info: GraphQLResolveInfo) => boolean | Promise<boolean>;

export type NextResolverFn<T> = () => Promise<T>;

export type DirectiveResolverFn<TResult = Record<PropertyKey, never>, TParent = Record<PropertyKey, never>, TContext = Record<PropertyKey, never>, TArgs = Record<PropertyKey, never>> = (
  next: NextResolverFn<TResult>,
  parent: TParent,
  args: TArgs,
  context: TContext,
  info: GraphQLResolveInfo
) => TResult | Promise<TResult>;

/** Mapping of federation types */
export type FederationTypes = {
  Session: Session;
  User: User;
};

/** Mapping of federation reference types */
export type FederationReferenceTypes = {
  Session:
    ( { __typename: 'Session' }
    & GraphQLRecursivePick<FederationTypes['Session'], {"id":true}> );
  User:
    ( { __typename: 'User' }
    & GraphQLRecursivePick<FederationTypes['User'], {"id":true}> );
};



/** Mapping between all available schema types and the resolvers types */
export type ResolversTypes = {
  ApiKey: ResolverTypeWrapper<ApiKeyRow>;
  ID: ResolverTypeWrapper<Scalars['ID']['output']>;
  String: ResolverTypeWrapper<Scalars['String']['output']>;
  BeginSecondFactorPayload: ResolverTypeWrapper<BeginSecondFactorPayload>;
  ChangePasswordInput: ChangePasswordInput;
  ChangePasswordPayload: ResolverTypeWrapper<Omit<ChangePasswordPayload, 'user'> & { user: ResolversTypes['User'] }>;
  ConfirmSecondFactorPayload: ResolverTypeWrapper<Omit<ConfirmSecondFactorPayload, 'secondFactor'> & { secondFactor: ResolversTypes['SecondFactor'] }>;
  CreateApiKeyInput: CreateApiKeyInput;
  CreateApiKeyPayload: ResolverTypeWrapper<Omit<CreateApiKeyPayload, 'apiKey'> & { apiKey: ResolversTypes['ApiKey'] }>;
  DateTime: ResolverTypeWrapper<Scalars['DateTime']['output']>;
  DeleteMePayload: ResolverTypeWrapper<DeleteMePayload>;
  DeleteUserPayload: ResolverTypeWrapper<DeleteUserPayload>;
  LoginInput: LoginInput;
  LoginPayload: ResolverTypeWrapper<Omit<LoginPayload, 'user'> & { user: ResolversTypes['User'] }>;
  LogoutEverywherePayload: ResolverTypeWrapper<LogoutEverywherePayload>;
  LogoutPayload: ResolverTypeWrapper<LogoutPayload>;
  Mutation: ResolverTypeWrapper<Record<PropertyKey, never>>;
  PageInfo: ResolverTypeWrapper<PageInfo>;
  Boolean: ResolverTypeWrapper<Scalars['Boolean']['output']>;
  Query: ResolverTypeWrapper<Record<PropertyKey, never>>;
  RefreshSessionPayload: ResolverTypeWrapper<Omit<RefreshSessionPayload, 'user'> & { user: ResolversTypes['User'] }>;
  RefreshTokenHolder: RefreshTokenHolder;
  RegisterInput: RegisterInput;
  RegisterPayload: ResolverTypeWrapper<Omit<RegisterPayload, 'user'> & { user: ResolversTypes['User'] }>;
  RemoveSecondFactorInput: RemoveSecondFactorInput;
  RemoveSecondFactorPayload: ResolverTypeWrapper<Omit<RemoveSecondFactorPayload, 'user'> & { user: ResolversTypes['User'] }>;
  RenewRecoveryCodesPayload: ResolverTypeWrapper<RenewRecoveryCodesPayload>;
  RequestPasswordResetPayload: ResolverTypeWrapper<RequestPasswordResetPayload>;
  ResendVerificationPayload: ResolverTypeWrapper<ResendVerificationPayload>;
  ResetPasswordInput: ResetPasswordInput;
  ResetPasswordPayload: ResolverTypeWrapper<Omit<ResetPasswordPayload, 'user'> & { user: ResolversTypes['User'] }>;
  RevokeApiKeyPayload: ResolverTypeWrapper<RevokeApiKeyPayload>;
  RevokeSessionPayload: ResolverTypeWrapper<RevokeSessionPayload>;
  Role: ResolverTypeWrapper<RoleName>;
  RotateApiKeyPayload: ResolverTypeWrapper<Omit<RotateApiKeyPayload, 'apiKey'> & { apiKey: ResolversTypes['ApiKey'] }>;
  SecondFactor: ResolverTypeWrapper<SecondFactorRow>;
  Session: ResolverTypeWrapper<SessionRow>;
  SetUserRolesInput: SetUserRolesInput;
  SetUserRolesPayload: ResolverTypeWrapper<Omit<SetUserRolesPayload, 'user'> & { user: ResolversTypes['User'] }>;
  StepUpPayload: ResolverTypeWrapper<StepUpPayload>;
  UpdateMeInput: UpdateMeInput;
  UpdateMePayload: ResolverTypeWrapper<Omit<UpdateMePayload, 'user'> & { user: ResolversTypes['User'] }>;
  UpdateUserInput: UpdateUserInput;
  UpdateUserPayload: ResolverTypeWrapper<Omit<UpdateUserPayload, 'user'> & { user: ResolversTypes['User'] }>;
  User: ResolverTypeWrapper<UserRow>;
  UserConnection: ResolverTypeWrapper<Omit<UserConnection, 'edges' | 'nodes'> & { edges: Array<ResolversTypes['UserEdge']>, nodes: Array<ResolversTypes['User']> }>;
  UserEdge: ResolverTypeWrapper<Omit<UserEdge, 'node'> & { node: ResolversTypes['User'] }>;
  VerifyEmailPayload: ResolverTypeWrapper<Omit<VerifyEmailPayload, 'user'> & { user: ResolversTypes['User'] }>;
  rateLimit__Key: RateLimit__Key;
  Int: ResolverTypeWrapper<Scalars['Int']['output']>;
};

/** Mapping between all available schema types and the resolvers parents */
export type ResolversParentTypes = {
  ApiKey: ApiKeyRow;
  ID: Scalars['ID']['output'];
  String: Scalars['String']['output'];
  BeginSecondFactorPayload: BeginSecondFactorPayload;
  ChangePasswordInput: ChangePasswordInput;
  ChangePasswordPayload: Omit<ChangePasswordPayload, 'user'> & { user: ResolversParentTypes['User'] };
  ConfirmSecondFactorPayload: Omit<ConfirmSecondFactorPayload, 'secondFactor'> & { secondFactor: ResolversParentTypes['SecondFactor'] };
  CreateApiKeyInput: CreateApiKeyInput;
  CreateApiKeyPayload: Omit<CreateApiKeyPayload, 'apiKey'> & { apiKey: ResolversParentTypes['ApiKey'] };
  DateTime: Scalars['DateTime']['output'];
  DeleteMePayload: DeleteMePayload;
  DeleteUserPayload: DeleteUserPayload;
  LoginInput: LoginInput;
  LoginPayload: Omit<LoginPayload, 'user'> & { user: ResolversParentTypes['User'] };
  LogoutEverywherePayload: LogoutEverywherePayload;
  LogoutPayload: LogoutPayload;
  Mutation: Record<PropertyKey, never>;
  PageInfo: PageInfo;
  Boolean: Scalars['Boolean']['output'];
  Query: Record<PropertyKey, never>;
  RefreshSessionPayload: Omit<RefreshSessionPayload, 'user'> & { user: ResolversParentTypes['User'] };
  RegisterInput: RegisterInput;
  RegisterPayload: Omit<RegisterPayload, 'user'> & { user: ResolversParentTypes['User'] };
  RemoveSecondFactorInput: RemoveSecondFactorInput;
  RemoveSecondFactorPayload: Omit<RemoveSecondFactorPayload, 'user'> & { user: ResolversParentTypes['User'] };
  RenewRecoveryCodesPayload: RenewRecoveryCodesPayload;
  RequestPasswordResetPayload: RequestPasswordResetPayload;
  ResendVerificationPayload: ResendVerificationPayload;
  ResetPasswordInput: ResetPasswordInput;
  ResetPasswordPayload: Omit<ResetPasswordPayload, 'user'> & { user: ResolversParentTypes['User'] };
  RevokeApiKeyPayload: RevokeApiKeyPayload;
  RevokeSessionPayload: RevokeSessionPayload;
  RotateApiKeyPayload: Omit<RotateApiKeyPayload, 'apiKey'> & { apiKey: ResolversParentTypes['ApiKey'] };
  SecondFactor: SecondFactorRow;
  Session: SessionRow;
  SetUserRolesInput: SetUserRolesInput;
  SetUserRolesPayload: Omit<SetUserRolesPayload, 'user'> & { user: ResolversParentTypes['User'] };
  StepUpPayload: StepUpPayload;
  UpdateMeInput: UpdateMeInput;
  UpdateMePayload: Omit<UpdateMePayload, 'user'> & { user: ResolversParentTypes['User'] };
  UpdateUserInput: UpdateUserInput;
  UpdateUserPayload: Omit<UpdateUserPayload, 'user'> & { user: ResolversParentTypes['User'] };
  User: UserRow;
  UserConnection: Omit<UserConnection, 'edges' | 'nodes'> & { edges: Array<ResolversParentTypes['UserEdge']>, nodes: Array<ResolversParentTypes['User']> };
  UserEdge: Omit<UserEdge, 'node'> & { node: ResolversParentTypes['User'] };
  VerifyEmailPayload: Omit<VerifyEmailPayload, 'user'> & { user: ResolversParentTypes['User'] };
  Int: Scalars['Int']['output'];
};

export type PublicDirectiveArgs = { };

export type PublicDirectiveResolver<Result, Parent, ContextType = UsersContext, Args = PublicDirectiveArgs> = DirectiveResolverFn<Result, Parent, ContextType, Args>;

export type RateLimitDirectiveArgs = {
  by: Array<RateLimit__Key>;
  max: Scalars['Int']['input'];
  windowS: Scalars['Int']['input'];
};

export type RateLimitDirectiveResolver<Result, Parent, ContextType = UsersContext, Args = RateLimitDirectiveArgs> = DirectiveResolverFn<Result, Parent, ContextType, Args>;

export type ApiKeyResolvers<ContextType = UsersContext, ParentType extends ResolversParentTypes['ApiKey'] = ResolversParentTypes['ApiKey']> = {
  createdAt?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  expiresAt?: Resolver<Maybe<ResolversTypes['DateTime']>, ParentType, ContextType>;
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  lastUsedAddress?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  lastUsedAt?: Resolver<Maybe<ResolversTypes['DateTime']>, ParentType, ContextType>;
  name?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  prefix?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  ratePerMinute?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  scopes?: Resolver<Array<ResolversTypes['String']>, ParentType, ContextType>;
};

export type BeginSecondFactorPayloadResolvers<ContextType = UsersContext, ParentType extends ResolversParentTypes['BeginSecondFactorPayload'] = ResolversParentTypes['BeginSecondFactorPayload']> = {
  secret?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  uri?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
};

export type ChangePasswordPayloadResolvers<ContextType = UsersContext, ParentType extends ResolversParentTypes['ChangePasswordPayload'] = ResolversParentTypes['ChangePasswordPayload']> = {
  sessionsEnded?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  user?: Resolver<ResolversTypes['User'], ParentType, ContextType>;
};

export type ConfirmSecondFactorPayloadResolvers<ContextType = UsersContext, ParentType extends ResolversParentTypes['ConfirmSecondFactorPayload'] = ResolversParentTypes['ConfirmSecondFactorPayload']> = {
  recoveryCodes?: Resolver<Array<ResolversTypes['String']>, ParentType, ContextType>;
  secondFactor?: Resolver<ResolversTypes['SecondFactor'], ParentType, ContextType>;
};

export type CreateApiKeyPayloadResolvers<ContextType = UsersContext, ParentType extends ResolversParentTypes['CreateApiKeyPayload'] = ResolversParentTypes['CreateApiKeyPayload']> = {
  apiKey?: Resolver<ResolversTypes['ApiKey'], ParentType, ContextType>;
  key?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
};

export interface DateTimeScalarConfig extends GraphQLScalarTypeConfig<ResolversTypes['DateTime'], any> {
  name: 'DateTime';
}

export type DeleteMePayloadResolvers<ContextType = UsersContext, ParentType extends ResolversParentTypes['DeleteMePayload'] = ResolversParentTypes['DeleteMePayload']> = {
  restorableUntil?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
};

export type DeleteUserPayloadResolvers<ContextType = UsersContext, ParentType extends ResolversParentTypes['DeleteUserPayload'] = ResolversParentTypes['DeleteUserPayload']> = {
  restorableUntil?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  userId?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
};

export type LoginPayloadResolvers<ContextType = UsersContext, ParentType extends ResolversParentTypes['LoginPayload'] = ResolversParentTypes['LoginPayload']> = {
  accessToken?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  expiresIn?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  refreshToken?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  user?: Resolver<ResolversTypes['User'], ParentType, ContextType>;
};

export type LogoutEverywherePayloadResolvers<ContextType = UsersContext, ParentType extends ResolversParentTypes['LogoutEverywherePayload'] = ResolversParentTypes['LogoutEverywherePayload']> = {
  sessionsEnded?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
};

export type LogoutPayloadResolvers<ContextType = UsersContext, ParentType extends ResolversParentTypes['LogoutPayload'] = ResolversParentTypes['LogoutPayload']> = {
  sessionId?: Resolver<Maybe<ResolversTypes['ID']>, ParentType, ContextType>;
};

export type MutationResolvers<ContextType = UsersContext, ParentType extends ResolversParentTypes['Mutation'] = ResolversParentTypes['Mutation']> = {
  beginSecondFactor?: Resolver<Maybe<ResolversTypes['BeginSecondFactorPayload']>, ParentType, ContextType, RequireFields<MutationBeginSecondFactorArgs, 'password'>>;
  changePassword?: Resolver<Maybe<ResolversTypes['ChangePasswordPayload']>, ParentType, ContextType, RequireFields<MutationChangePasswordArgs, 'input'>>;
  confirmSecondFactor?: Resolver<Maybe<ResolversTypes['ConfirmSecondFactorPayload']>, ParentType, ContextType, RequireFields<MutationConfirmSecondFactorArgs, 'code'>>;
  createApiKey?: Resolver<Maybe<ResolversTypes['CreateApiKeyPayload']>, ParentType, ContextType, RequireFields<MutationCreateApiKeyArgs, 'input'>>;
  deleteMe?: Resolver<Maybe<ResolversTypes['DeleteMePayload']>, ParentType, ContextType, RequireFields<MutationDeleteMeArgs, 'password'>>;
  deleteUser?: Resolver<Maybe<ResolversTypes['DeleteUserPayload']>, ParentType, ContextType, RequireFields<MutationDeleteUserArgs, 'id'>>;
  login?: Resolver<Maybe<ResolversTypes['LoginPayload']>, ParentType, ContextType, RequireFields<MutationLoginArgs, 'input'>>;
  logout?: Resolver<Maybe<ResolversTypes['LogoutPayload']>, ParentType, ContextType>;
  logoutEverywhere?: Resolver<Maybe<ResolversTypes['LogoutEverywherePayload']>, ParentType, ContextType>;
  refreshSession?: Resolver<Maybe<ResolversTypes['RefreshSessionPayload']>, ParentType, ContextType, Partial<MutationRefreshSessionArgs>>;
  register?: Resolver<Maybe<ResolversTypes['RegisterPayload']>, ParentType, ContextType, RequireFields<MutationRegisterArgs, 'input'>>;
  removeSecondFactor?: Resolver<Maybe<ResolversTypes['RemoveSecondFactorPayload']>, ParentType, ContextType, RequireFields<MutationRemoveSecondFactorArgs, 'input'>>;
  renewRecoveryCodes?: Resolver<Maybe<ResolversTypes['RenewRecoveryCodesPayload']>, ParentType, ContextType, RequireFields<MutationRenewRecoveryCodesArgs, 'code'>>;
  requestPasswordReset?: Resolver<Maybe<ResolversTypes['RequestPasswordResetPayload']>, ParentType, ContextType, RequireFields<MutationRequestPasswordResetArgs, 'email'>>;
  resendVerification?: Resolver<Maybe<ResolversTypes['ResendVerificationPayload']>, ParentType, ContextType, RequireFields<MutationResendVerificationArgs, 'email'>>;
  resetPassword?: Resolver<Maybe<ResolversTypes['ResetPasswordPayload']>, ParentType, ContextType, RequireFields<MutationResetPasswordArgs, 'input'>>;
  restoreMe?: Resolver<Maybe<ResolversTypes['LoginPayload']>, ParentType, ContextType, RequireFields<MutationRestoreMeArgs, 'input'>>;
  revokeApiKey?: Resolver<Maybe<ResolversTypes['RevokeApiKeyPayload']>, ParentType, ContextType, RequireFields<MutationRevokeApiKeyArgs, 'id'>>;
  revokeSession?: Resolver<Maybe<ResolversTypes['RevokeSessionPayload']>, ParentType, ContextType, RequireFields<MutationRevokeSessionArgs, 'id'>>;
  rotateApiKey?: Resolver<Maybe<ResolversTypes['RotateApiKeyPayload']>, ParentType, ContextType, RequireFields<MutationRotateApiKeyArgs, 'id'>>;
  setUserRoles?: Resolver<Maybe<ResolversTypes['SetUserRolesPayload']>, ParentType, ContextType, RequireFields<MutationSetUserRolesArgs, 'input'>>;
  stepUp?: Resolver<Maybe<ResolversTypes['StepUpPayload']>, ParentType, ContextType, RequireFields<MutationStepUpArgs, 'code'>>;
  updateMe?: Resolver<Maybe<ResolversTypes['UpdateMePayload']>, ParentType, ContextType, RequireFields<MutationUpdateMeArgs, 'input'>>;
  updateUser?: Resolver<Maybe<ResolversTypes['UpdateUserPayload']>, ParentType, ContextType, RequireFields<MutationUpdateUserArgs, 'input'>>;
  verifyEmail?: Resolver<Maybe<ResolversTypes['VerifyEmailPayload']>, ParentType, ContextType, RequireFields<MutationVerifyEmailArgs, 'token'>>;
};

export type PageInfoResolvers<ContextType = UsersContext, ParentType extends ResolversParentTypes['PageInfo'] = ResolversParentTypes['PageInfo']> = {
  endCursor?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  hasNextPage?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
  hasPreviousPage?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
  startCursor?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
};

export type QueryResolvers<ContextType = UsersContext, ParentType extends ResolversParentTypes['Query'] = ResolversParentTypes['Query']> = {
  me?: Resolver<Maybe<ResolversTypes['User']>, ParentType, ContextType>;
  user?: Resolver<Maybe<ResolversTypes['User']>, ParentType, ContextType, RequireFields<QueryUserArgs, 'id'>>;
  users?: Resolver<Maybe<ResolversTypes['UserConnection']>, ParentType, ContextType, RequireFields<QueryUsersArgs, 'first'>>;
};

export type RefreshSessionPayloadResolvers<ContextType = UsersContext, ParentType extends ResolversParentTypes['RefreshSessionPayload'] = ResolversParentTypes['RefreshSessionPayload']> = {
  accessToken?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  expiresIn?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  refreshToken?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  user?: Resolver<ResolversTypes['User'], ParentType, ContextType>;
};

export type RegisterPayloadResolvers<ContextType = UsersContext, ParentType extends ResolversParentTypes['RegisterPayload'] = ResolversParentTypes['RegisterPayload']> = {
  needsVerification?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
  user?: Resolver<ResolversTypes['User'], ParentType, ContextType>;
};

export type RemoveSecondFactorPayloadResolvers<ContextType = UsersContext, ParentType extends ResolversParentTypes['RemoveSecondFactorPayload'] = ResolversParentTypes['RemoveSecondFactorPayload']> = {
  user?: Resolver<ResolversTypes['User'], ParentType, ContextType>;
};

export type RenewRecoveryCodesPayloadResolvers<ContextType = UsersContext, ParentType extends ResolversParentTypes['RenewRecoveryCodesPayload'] = ResolversParentTypes['RenewRecoveryCodesPayload']> = {
  recoveryCodes?: Resolver<Array<ResolversTypes['String']>, ParentType, ContextType>;
};

export type RequestPasswordResetPayloadResolvers<ContextType = UsersContext, ParentType extends ResolversParentTypes['RequestPasswordResetPayload'] = ResolversParentTypes['RequestPasswordResetPayload']> = {
  isAccepted?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
};

export type ResendVerificationPayloadResolvers<ContextType = UsersContext, ParentType extends ResolversParentTypes['ResendVerificationPayload'] = ResolversParentTypes['ResendVerificationPayload']> = {
  isAccepted?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
};

export type ResetPasswordPayloadResolvers<ContextType = UsersContext, ParentType extends ResolversParentTypes['ResetPasswordPayload'] = ResolversParentTypes['ResetPasswordPayload']> = {
  user?: Resolver<ResolversTypes['User'], ParentType, ContextType>;
};

export type RevokeApiKeyPayloadResolvers<ContextType = UsersContext, ParentType extends ResolversParentTypes['RevokeApiKeyPayload'] = ResolversParentTypes['RevokeApiKeyPayload']> = {
  apiKeyId?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
};

export type RevokeSessionPayloadResolvers<ContextType = UsersContext, ParentType extends ResolversParentTypes['RevokeSessionPayload'] = ResolversParentTypes['RevokeSessionPayload']> = {
  sessionId?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
};

export type RoleResolvers = EnumResolverSignature<{ ADMIN?: any, CREATOR?: any, MODERATOR?: any, SUPPORT?: any, USER?: any }, ResolversTypes['Role']>;

export type RotateApiKeyPayloadResolvers<ContextType = UsersContext, ParentType extends ResolversParentTypes['RotateApiKeyPayload'] = ResolversParentTypes['RotateApiKeyPayload']> = {
  apiKey?: Resolver<ResolversTypes['ApiKey'], ParentType, ContextType>;
  key?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
};

export type SecondFactorResolvers<ContextType = UsersContext, ParentType extends ResolversParentTypes['SecondFactor'] = ResolversParentTypes['SecondFactor']> = {
  confirmedAt?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  recoveryCodesLeft?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
};

export type SessionResolvers<ContextType = UsersContext, ParentType extends ResolversParentTypes['Session'] = ResolversParentTypes['Session'], FederationReferenceType extends FederationReferenceTypes['Session'] = FederationReferenceTypes['Session']> = {
  __resolveReference?: ReferenceResolver<Maybe<ResolversTypes['Session']> | FederationReferenceType, FederationReferenceType, ContextType>;
  address?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  createdAt?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  device?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  expiresAt?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  isCurrent?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
  lastSeenAt?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
};

export type SetUserRolesPayloadResolvers<ContextType = UsersContext, ParentType extends ResolversParentTypes['SetUserRolesPayload'] = ResolversParentTypes['SetUserRolesPayload']> = {
  user?: Resolver<ResolversTypes['User'], ParentType, ContextType>;
};

export type StepUpPayloadResolvers<ContextType = UsersContext, ParentType extends ResolversParentTypes['StepUpPayload'] = ResolversParentTypes['StepUpPayload']> = {
  accessToken?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  expiresIn?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
};

export type UpdateMePayloadResolvers<ContextType = UsersContext, ParentType extends ResolversParentTypes['UpdateMePayload'] = ResolversParentTypes['UpdateMePayload']> = {
  user?: Resolver<ResolversTypes['User'], ParentType, ContextType>;
};

export type UpdateUserPayloadResolvers<ContextType = UsersContext, ParentType extends ResolversParentTypes['UpdateUserPayload'] = ResolversParentTypes['UpdateUserPayload']> = {
  user?: Resolver<ResolversTypes['User'], ParentType, ContextType>;
};

export type UserResolvers<ContextType = UsersContext, ParentType extends ResolversParentTypes['User'] = ResolversParentTypes['User'], FederationReferenceType extends FederationReferenceTypes['User'] = FederationReferenceTypes['User']> = {
  __resolveReference?: ReferenceResolver<Maybe<ResolversTypes['User']> | FederationReferenceType, FederationReferenceType, ContextType>;
  apiKeys?: Resolver<Maybe<Array<ResolversTypes['ApiKey']>>, ParentType, ContextType>;
  createdAt?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  deletedAt?: Resolver<Maybe<ResolversTypes['DateTime']>, ParentType, ContextType>;
  email?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  firstName?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  isEmailVerified?: Resolver<Maybe<ResolversTypes['Boolean']>, ParentType, ContextType>;
  lastName?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  phoneNumber?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  roles?: Resolver<Maybe<Array<ResolversTypes['Role']>>, ParentType, ContextType>;
  secondFactor?: Resolver<Maybe<ResolversTypes['SecondFactor']>, ParentType, ContextType>;
  sessions?: Resolver<Maybe<Array<ResolversTypes['Session']>>, ParentType, ContextType>;
  username?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
};

export type UserConnectionResolvers<ContextType = UsersContext, ParentType extends ResolversParentTypes['UserConnection'] = ResolversParentTypes['UserConnection']> = {
  edges?: Resolver<Array<ResolversTypes['UserEdge']>, ParentType, ContextType>;
  nodes?: Resolver<Array<ResolversTypes['User']>, ParentType, ContextType>;
  pageInfo?: Resolver<ResolversTypes['PageInfo'], ParentType, ContextType>;
};

export type UserEdgeResolvers<ContextType = UsersContext, ParentType extends ResolversParentTypes['UserEdge'] = ResolversParentTypes['UserEdge']> = {
  cursor?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  node?: Resolver<ResolversTypes['User'], ParentType, ContextType>;
};

export type VerifyEmailPayloadResolvers<ContextType = UsersContext, ParentType extends ResolversParentTypes['VerifyEmailPayload'] = ResolversParentTypes['VerifyEmailPayload']> = {
  user?: Resolver<ResolversTypes['User'], ParentType, ContextType>;
};

export type Resolvers<ContextType = UsersContext> = {
  ApiKey?: ApiKeyResolvers<ContextType>;
  BeginSecondFactorPayload?: BeginSecondFactorPayloadResolvers<ContextType>;
  ChangePasswordPayload?: ChangePasswordPayloadResolvers<ContextType>;
  ConfirmSecondFactorPayload?: ConfirmSecondFactorPayloadResolvers<ContextType>;
  CreateApiKeyPayload?: CreateApiKeyPayloadResolvers<ContextType>;
  DateTime?: GraphQLScalarType;
  DeleteMePayload?: DeleteMePayloadResolvers<ContextType>;
  DeleteUserPayload?: DeleteUserPayloadResolvers<ContextType>;
  LoginPayload?: LoginPayloadResolvers<ContextType>;
  LogoutEverywherePayload?: LogoutEverywherePayloadResolvers<ContextType>;
  LogoutPayload?: LogoutPayloadResolvers<ContextType>;
  Mutation?: MutationResolvers<ContextType>;
  PageInfo?: PageInfoResolvers<ContextType>;
  Query?: QueryResolvers<ContextType>;
  RefreshSessionPayload?: RefreshSessionPayloadResolvers<ContextType>;
  RegisterPayload?: RegisterPayloadResolvers<ContextType>;
  RemoveSecondFactorPayload?: RemoveSecondFactorPayloadResolvers<ContextType>;
  RenewRecoveryCodesPayload?: RenewRecoveryCodesPayloadResolvers<ContextType>;
  RequestPasswordResetPayload?: RequestPasswordResetPayloadResolvers<ContextType>;
  ResendVerificationPayload?: ResendVerificationPayloadResolvers<ContextType>;
  ResetPasswordPayload?: ResetPasswordPayloadResolvers<ContextType>;
  RevokeApiKeyPayload?: RevokeApiKeyPayloadResolvers<ContextType>;
  RevokeSessionPayload?: RevokeSessionPayloadResolvers<ContextType>;
  Role?: RoleResolvers;
  RotateApiKeyPayload?: RotateApiKeyPayloadResolvers<ContextType>;
  SecondFactor?: SecondFactorResolvers<ContextType>;
  Session?: SessionResolvers<ContextType>;
  SetUserRolesPayload?: SetUserRolesPayloadResolvers<ContextType>;
  StepUpPayload?: StepUpPayloadResolvers<ContextType>;
  UpdateMePayload?: UpdateMePayloadResolvers<ContextType>;
  UpdateUserPayload?: UpdateUserPayloadResolvers<ContextType>;
  User?: UserResolvers<ContextType>;
  UserConnection?: UserConnectionResolvers<ContextType>;
  UserEdge?: UserEdgeResolvers<ContextType>;
  VerifyEmailPayload?: VerifyEmailPayloadResolvers<ContextType>;
};

export type DirectiveResolvers<ContextType = UsersContext> = {
  public?: PublicDirectiveResolver<any, any, ContextType>;
  rateLimit?: RateLimitDirectiveResolver<any, any, ContextType>;
};
