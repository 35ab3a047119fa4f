// Which page stands at which address.
import { Component, type ReactNode } from 'react';
import { ApiProblem } from './api/client';
import { Link, useAddress } from './lib/router';
import { Carriers } from './pages/carriers';
import { ClaimPage, Claims } from './pages/claims';
import { IncidentPage } from './pages/incident';
import { Incidents } from './pages/incidents';
import { NotificationPage, Notifications } from './pages/notifications';
import { OrderPage, Orders } from './pages/orders';
import { ParkedPage } from './pages/parked';
import { Settings } from './pages/settings';
import { ShipmentPage, Shipments } from './pages/shipments';
import { SignedOut, SignIn } from './pages/signin';
import { Tickets } from './pages/tickets';
import { TodayPage } from './pages/today';
import { WhyPage } from './pages/why';
import { Empty, Lines, Trouble } from './parts/bits';
import { NowProvider } from './parts/now';
import { Shell, useMe } from './shell';

function Page() {
  const { parts } = useAddress();
  const [place, id] = parts;
  switch (place) {
    case undefined:
    case 'today':
      return <TodayPage />;
    case 'incidents':
      return id ? <IncidentPage key={id} id={id} /> : <Incidents />;
    case 'shipments':
      return id ? <ShipmentPage key={id} id={id} /> : <Shipments />;
    case 'orders':
      return id ? <OrderPage key={id} id={id} /> : <Orders />;
    case 'notifications':
      return id ? <NotificationPage key={id} id={id} /> : <Notifications />;
    case 'tickets':
      return <Tickets id={id} />;
    case 'claims':
      return id ? <ClaimPage key={id} id={id} /> : <Claims />;
    case 'carriers':
      return <Carriers />;
    case 'parked':
      return <ParkedPage />;
    case 'settings':
      return <Settings />;
    case 'why':
      return id ? <WhyPage key={id} id={id} /> : <Nowhere />;
    default:
      return <Nowhere />;
  }
}

function Nowhere() {
  return (
    <div className="page">
      <h1>There is no such page</h1>
      <Empty title="The address may be mistyped">
        <Link to="/">Today</Link> shows what needs a person now.
      </Empty>
    </div>
  );
}

class Safe extends Component<{ children: ReactNode }, { error?: unknown }> {
  override state: { error?: unknown } = {};
  static getDerivedStateFromError(error: unknown) {
    return { error };
  }
  override render() {
    if (this.state.error === undefined) return this.props.children;
    return (
      <main className="page">
        <Trouble error={this.state.error} retry={() => location.reload()} />
      </main>
    );
  }
}

function Console() {
  const me = useMe();
  const { path } = useAddress();
  if (me.error instanceof ApiProblem && me.error.status === 401) return <SignedOut />;
  if (me.error && !me.data) {
    return (
      <main className="page">
        <h1>The console cannot start</h1>
        <Trouble error={me.error} retry={() => void me.refetch()} />
      </main>
    );
  }
  if (!me.data) {
    return (
      <main className="page">
        <Lines />
      </main>
    );
  }
  return (
    <NowProvider>
      <Shell me={me.data}>
        <Safe key={path}>
          <Page />
        </Safe>
      </Shell>
    </NowProvider>
  );
}

export function App() {
  return (
    <Safe>
      <SignIn>
        <Console />
      </SignIn>
    </Safe>
  );
}
