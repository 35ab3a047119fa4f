// A one-time link signs in: its token is exchanged for a session and leaves the address bar.
import { type ReactNode, useEffect, useRef, useState } from 'react';
import { type ApiProblem, client, unwrap } from '../api/client';
import { Icon } from '../parts/icons';

function Notice({ title, children }: { title: string; children: ReactNode }) {
  return (
    <main className="signin">
      <p className="brand">Aftermile</p>
      <h1>{title}</h1>
      {children}
      <pre>aftermile users link</pre>
      <p className="quiet">
        It prints an address that signs you in once, within half an hour. Run it where the data
        folder is (with <code>--data DIR</code> if it is not <code>./data</code>). There is no
        password to forget.
      </p>
    </main>
  );
}

export function SignedOut() {
  return (
    <Notice title="Sign in">
      <p>
        You are not signed in, or the session has ended. Nothing you sent was lost. For a new link,
        run
      </p>
    </Notice>
  );
}

function Expired({ problem }: { problem: ApiProblem }) {
  if (problem.status === 0 || problem.status >= 500) {
    return (
      <main className="signin">
        <p className="brand">Aftermile</p>
        <h1>
          <Icon name="incident" /> The server did not answer
        </h1>
        <p>The link was not used up. See whether the server runs, then open the link again.</p>
      </main>
    );
  }
  return (
    <Notice title="This link no longer works">
      <p>It was used before, or it is older than half an hour. For a new one, run</p>
    </Notice>
  );
}

/** Shows its children once there is no token left to exchange. */
export function SignIn({ children }: { children: ReactNode }) {
  const [token, setToken] = useState(() => new URLSearchParams(location.search).get('token'));
  const [problem, setProblem] = useState<ApiProblem>();
  const sent = useRef(false);
  useEffect(() => {
    if (!token || sent.current) return;
    sent.current = true;
    const query = new URLSearchParams(location.search);
    query.delete('token');
    history.replaceState(null, '', location.pathname + (query.size > 0 ? `?${query}` : ''));
    unwrap(client.POST('/console/session', { body: { token } })).then(
      () => setToken(null),
      (error) => setProblem(error as ApiProblem),
    );
  }, [token]);
  if (problem) return <Expired problem={problem} />;
  if (token) return <main className="signin">Signing in</main>;
  return children;
}
