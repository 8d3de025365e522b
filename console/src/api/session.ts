// Who is signed in, and what signs their requests. All of it is in this tab's memory alone: a
// reload signs out, and there is nothing for another page or another program to find.
import type { Credential } from './credential';

export interface Identity {
  accountId: string;
  kind: 'root' | 'user' | 'role';
  name: string;
  arn: string;
}

export interface Session {
  credential: Credential;
  identity: Identity;
  // Makes the next credential, where that needs nobody's help.
  renew?: () => Promise<Credential>;
}

// Renewed when less than this is left.
const RENEW_BEFORE_MS = 5 * 60_000;

class SessionStore {
  private session: Session | undefined;
  private renewing: Promise<Credential> | undefined;
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
    for (const resume of this.waiting.splice(0)) resume();
    this.changed();
  }

  signOut() {
    this.session = undefined;
    this.expired = false;
    for (const resume of this.waiting.splice(0)) resume();
    this.changed();
  }

  // The credential has come to its end, or the server refuses it: the page asks for it again.
  expire(credential: Credential) {
    if (this.session?.credential !== credential || this.expired) return;
    this.expired = true;
    this.changed();
  }

  // Waits while the page asks the user to sign in again. Throws where nobody is signed in.
  async credential(): Promise<Credential> {
    if (this.expired) await new Promise<void>((resume) => this.waiting.push(resume));
    const session = this.session;
    if (!session) throw new Error('signed out');
    const left = (session.credential.expires ?? Infinity) - Date.now();
    if (left > RENEW_BEFORE_MS) return session.credential;
    if (session.renew) return this.renew(session, left);
    if (left > 0) return session.credential;
    this.expire(session.credential);
    return this.credential();
  }

  private renew(session: Session, left: number): Promise<Credential> {
    this.renewing ??= session
      .renew!()
      .then((credential) => {
        if (this.session === session) session.credential = credential;
        return credential;
      })
      .catch((error: unknown) => {
        if (left > 0) return session.credential;
        this.expire(session.credential);
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
