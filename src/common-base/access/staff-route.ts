import type { LgCode, PersonId } from '#kernel';
import type { Clock } from '#platform/clock';
import type { FormFields } from '#platform/http';
import type { KeyWrapper } from '#platform/keys';
import type { Log } from '#platform/log';
import type { Crumb, Html, HtmlValue } from '#platform/pages';
import type { Database, Tx } from '#platform/postgres';
import type { AccessSettings } from './access-settings.ts';
import type { Answer } from './answers.ts';
import type { BreachedPasswords } from './breached-passwords.ts';
import type { Permission, Role } from './permission-table.ts';
import type { ActionContext, Actor, SessionInfo } from './types.ts';

/** Whose office a page belongs to. */
export interface Office {
  readonly lgCode: LgCode;
  readonly name: string;
  readonly isDemonstration: boolean;
}

/** What a room gives of a page; the rest (head, navigation, person, reason) is the frame's. */
export interface PageOptions {
  readonly title: string;
  readonly body: Html;
  readonly crumbs?: readonly Crumb[];
  readonly notices?: HtmlValue;
  readonly width?: 'wide' | 'narrow';
  /** The address of the navigation's entry that the page belongs to; its own path where it is left out. */
  readonly current?: string;
  readonly headTool?: Html | null;
}

/** What the frame of a page knows; everything is null before sign-in and on pages of errors without a session. */
export interface Frame {
  readonly municipality: Office | null;
  readonly actor: Actor | null;
  readonly session: SessionInfo | null;
  readonly csrfToken: string | null;
  readonly path: string;
}

/** Draws a whole page; the application gives it, because only it knows all rooms. */
export type FrameRenderer = (frame: Frame, page: PageOptions) => Html;

/** A file that came with a form. Its chunks must be read before the next file is asked for. */
export interface UploadedFile {
  readonly fieldName: string;
  readonly fileName: string;
  readonly mediaType: string;
  readonly chunks: AsyncIterable<Buffer>;
}

interface RequestContext {
  readonly db: Database;
  readonly clock: Clock;
  readonly log: Log;
  readonly params: Readonly<Record<string, string>>;
  readonly query: FormFields;
  readonly body: FormFields;
  readonly csrfToken: string;
  /** The duties that people of this system may have. */
  readonly duties: readonly Role[];
  /** The system has a register of people, by whose 宛名番号 records are found. */
  readonly hasRegister: boolean;
  /** The path without its query. */
  readonly path: string;
  /** Network address of the browser. */
  readonly from: string;
  readonly browser: string;
  /** The terminal that the trusted proxy has named after it looked at its certificate; null: none. */
  readonly terminal: string | null;
  /** Scheme and host as the browser called us: `https://sesshu.example`. */
  readonly origin: string;
  /** The part of a page that a script asks for (header x-fragment); null when a whole page is wanted. */
  readonly fragment: string | null;
  /** Draws a whole page around a room's part. */
  page(options: PageOptions): Html;
}

/** What the handler of a page gets when somebody is signed in; it is an action's context as well. */
export interface StaffContext extends RequestContext, ActionContext {
  readonly log: Log;
  readonly lgCode: LgCode;
  readonly municipality: Office;
  /** 所属 of the person; at the clinics' system the code of the institution. */
  readonly department: string;
  readonly session: SessionInfo;
  readonly settings: AccessSettings;
  /** The files of the form; its hidden fields must stand before them. For routes that take files only. */
  files(): AsyncGenerator<UploadedFile>;
  /** Goes on under another token (after a change of password). */
  replaceToken(token: string): void;
  /** Takes the cookie away (after sign-out). */
  forgetToken(): void;
}

/** What the handler of a page gets before anybody is signed in. */
export interface VisitorContext extends RequestContext {
  /** The municipality chosen by host name or by /m/LG_CODE; null while there is a choice. */
  readonly municipality: Office | null;
  readonly settings: AccessSettings;
  /** The token of a session the browser still carries, living or not. */
  readonly oldToken: string | null;
  /** Begins to work under a token. */
  acceptToken(lgCode: LgCode, token: string): void;
  /** Remembers the municipality until sign-in. */
  chooseMunicipality(lgCode: LgCode): void;
}

/**
 * How far a session has come. Each stage leads to its own page until it is passed: the locked screen, the second factor
 * of those who have one, the change of a password given by somebody else, the enrolment of a second factor.
 */
export type SessionStage = 'locked' | 'secondFactor' | 'password' | 'enrolment';

interface RouteBase {
  readonly method: 'GET' | 'POST';
  /** Pattern of the path: `/persons/:personId`. */
  readonly url: string;
}

/** A page or a form for people who are signed in. */
export interface SignedInRoute extends RouteBase {
  /** What is needed; `signedIn` where every member of staff may (their own account). */
  readonly permission: Permission | 'signedIn';
  /** Asks for the 処理事由 before it shows anything. */
  readonly needsReason?: boolean;
  /**
   * The form (POST) only looks something up: where the 処理事由 is asked first, what was typed goes along with the choice
   * and is looked for after it. A form that changes something is never sent on: its sender must see what it meets.
   */
  readonly isSearch?: boolean;
  /** The form brings files (multipart/form-data). */
  readonly takesFiles?: boolean;
  /** Stages of a session that is not open yet at which this route answers nevertheless. */
  readonly opensAt?: readonly SessionStage[];
  /** A dangerous act: asks for the password again when it was given longer ago than the settings allow. */
  readonly needsFreshSignIn?: boolean;
  readonly handler: (context: StaffContext) => Promise<Answer> | Answer;
}

/** A page that anybody may see: sign-in and what leads there. */
export interface PublicRoute extends RouteBase {
  readonly permission: 'public';
  /** Requests per minute and address; unlimited where left out. */
  readonly perMinute?: number;
  /** People come to it from another site, without cookies: none is given, or it would take the place of the visitor's own. */
  readonly isLanding?: boolean;
  readonly handler: (context: VisitorContext) => Promise<Answer> | Answer;
}

/** Every route says what it needs; there is no way to register one that does not. */
export type StaffRoute = SignedInRoute | PublicRoute;

/** How people are named in the search of the log. */
export interface LogPersons {
  readonly label: string;
  readonly hint: string;
  readonly find: (tx: Tx, text: string) => Promise<readonly PersonId[]>;
}

/** What the application gives to the pages of access and to the routes of all rooms. */
export interface StaffAppOptions {
  /** The operator's list of breached passwords; left out: the common ones that come along alone. */
  readonly isBreachedPassword?: BreachedPasswords;
  readonly db: Database;
  readonly clock: Clock;
  readonly log: Log;
  readonly isHttps: boolean;
  /** The name of the session's cookie, where another system may stand on the same host name. */
  readonly cookieName?: string;
  /** Whoever holds the key that wraps the secrets of authenticator apps. */
  readonly keyWrapper: KeyWrapper;
  readonly frame: FrameRenderer;
  /** All municipalities of the installation. */
  readonly listOffices: () => Promise<readonly Office[]>;
  /** The text of the municipality's `access.json`. */
  readonly findAccessSettings: (tx: Tx) => Promise<string | undefined>;
  /** The municipality that a host name stands for. */
  readonly lgCodeOfHost?: (host: string) => LgCode | undefined;
  /** The persons whom an auditor means by a number. */
  readonly findPersonIds?: (tx: Tx, text: string) => Promise<readonly PersonId[]>;
  /** How an auditor names a person whose traces are looked for, where that is not the number of the register. */
  readonly logPersons?: LogPersons;
  /** How an auditor reads the persons of an act (宛名番号). */
  readonly describePersons?: (tx: Tx, personIds: readonly PersonId[]) => Promise<ReadonlyMap<PersonId, string>>;
  /** The duties that this system's people may be given; those of the office where it is left out. */
  readonly duties?: readonly Role[];
  /** The secret that the municipality's identity provider gave to this installation; undefined where there is none. */
  readonly findOpenIdSecret?: (lgCode: LgCode) => string | undefined;
  /** The acts of the other rooms in the words of the office. */
  readonly actNames?: Readonly<Record<string, string>>;
}
