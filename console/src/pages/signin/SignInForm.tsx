import { Segmented } from 'antd';
import { useState } from 'react';
import { session } from '../../api/session';
import { useText } from '../../app/text';
import { KeyForm } from './KeyForm';
import { text } from './messages';
import { UserForm } from './UserForm';

export function SignInForm() {
  const t = useText(text);
  // After a session's end, the way it began.
  const [kind, setKind] = useState<'key' | 'user'>(
    () => (session.get() && !session.get()?.key ? 'user' : 'key'));
  return (
    <>
      <Segmented block value={kind} onChange={setKind} style={{ marginBottom: 20 }} options={[
        { value: 'key', label: t.withKey }, { value: 'user', label: t.asUser },
      ]} />
      {kind === 'key' ? <KeyForm /> : <UserForm />}
    </>
  );
}
