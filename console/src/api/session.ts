// Who is signed in, and what signs their requests. All of it is in this tab's memory alone: a
// reload signs out, and there is nothing for another page or another program to find.
import { serverNow } from './clock';
import type { Credential } from './credential';

export interface Identity {
  accountId: string;
  kind: 'root' | 'user' | 'role';
  name: string;
  arn: string;
}

export interface Session {
  credential: Credential; // of a session of an hour
  identity: Identity;
  // What somebody signed in with, if it was an access key. It begins sessions and signs links.
  key?: Credential;
  // Makes the next credential, where that needs nobody's help. `refused`: the server takes the present
  // one no longer.
  renew: (present: Credential, refused: boolean) => Promise<Credential>;
}

// Renewed when less than this is left; where that fails, again after a while.
const RENEW_BEFORE_MS = 5 * 60_000;
const TRY_AGAIN_MS = 60_000;

class SessionStore {
  private session: Session | undefined;
  private renewing: Promise<Credential> | undefined;
  private nextTry = 0;
  private listeners = new Set<() => void>();
  // Requests that wait until somebody has signed in again.
  private waiting: (() => void)[] = [];
  expired = false;

  get = () => this.session;
  isExpired = () => this.expired;

  subscribe = (listener: () => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  signIn(session: Session) {
    this.session = session;
    this.expired = false;
    this.nextTry = 0;
    for (const resume of this.waiting.splice(0)) resume();
    this.changed();
  }

  signOut() {
    this.session = undefined;
    this.expired = false;
    for (const resume of this.waiting.splice(0)) resume();
    this.changed();
  }

  // The server refuses the credential: there is another one now, or somebody signs in again.
  async refused(credential: Credential): Promise<void> {
    const session = this.session;
    if (session?.credential !== credential || this.expired) return;
    await this.renew(session, true).catch(() => this.expire(credential));
  }

  // Waits while the page asks the user to sign in again. Throws where nobody is signed in.
  async credential(): Promise<Credential> {
    if (this.expired) await new Promise<void>((resume) => this.waiting.push(resume));
    const session = this.session;
    if (!session) throw new Error('signed out');
    const present = session.credential;
    const left = (present.expires ?? Infinity) - serverNow().getTime();
    if (left > RENEW_BEFORE_MS || (left > 0 && Date.now() < this.nextTry)) return present;
    try {
      return await this.renew(session, left <= 0);
    } catch {
      if (left > 0) return present;
      this.expire(present);
      return this.credential();
    }
  }

  // The page asks for signing in again.
  private expire(credential: Credential) {
    if (this.session?.credential !== credential || this.expired) return;
    this.expired = true;
    this.changed();
  }

  // Once for all that wait for it.
  private renew(session: Session, refused: boolean): Promise<Credential> {
    this.renewing ??= session
      .renew(session.credential, refused)
      .then((credential) => {
        session.credential = credential;
        return credential;
      })
      .catch((error: unknown) => {
        this.nextTry = Date.now() + TRY_AGAIN_MS;
        throw error;
      })
      .finally(() => (this.renewing = undefined));
    return this.renewing;
  }

  private changed() {
    for (const listener of this.listeners) listener();
  }
}

export const session = new SessionStore();
