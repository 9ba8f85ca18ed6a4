namespace SecureStation.Core.Transfers;

/// <summary>
/// The credit that a session gives to all transfers that come in, together: what it has given and what has come but is not written yet never exceeds
/// half of the session's window, so that a slow disk leaves the other half to messages. Transfers that want more get it in turn.
/// </summary>
internal sealed class CreditPool
{
    // Less than this is given only where it is all that a transfer still needs: else messages would become smaller and smaller.
    private const long MaxPortion = 1024 * 1024;

    private readonly Lock _gate = new();
    private readonly LinkedList<Account> _waiting = new();
    private readonly long _portion;
    private long _available;
    private int _open;

    /// <param name="window">The session's window, in bytes.</param>
    public CreditPool(long window)
    {
        Size = Math.Max(1, window / 2);
        _portion = Math.Clamp(Size / 4, Math.Min(Size, 16 * 1024), MaxPortion);
        _available = Size;
    }

    /// <summary>The most that may be out at once, in bytes.</summary>
    public long Size { get; }

    /// <summary>Bytes that may be given now.</summary>
    public long Available
    {
        get
        {
            lock (_gate)
            {
                return _available;
            }
        }
    }

    /// <summary>Opens an account for a transfer.</summary>
    /// <param name="granted">Told of each grant, under no lock.</param>
    public Account Open(Action<uint> granted)
    {
        lock (_gate)
        {
            _open++;
            return new Account(this, granted);
        }
    }

    private void Settle()
    {
        while (true)
        {
            Account account;
            uint grant;
            lock (_gate)
            {
                if (_waiting.First is not { } first)
                {
                    return;
                }

                account = first.Value;
                long portion = Math.Min(account.Wanted, _portion);
                if (portion > _available)
                {
                    return;
                }

                // One that is alone gets all; several take turns, none more than half.
                long ceiling = _open > 1 ? Math.Max(Size / 2, portion) : Size;
                _waiting.RemoveFirst();
                if (account.Out + portion > ceiling)
                {
                    account.IsWaiting = false;
                    continue;
                }

                account.Wanted -= portion;
                account.Out += portion;
                account.Granted += portion;
                _available -= portion;
                grant = (uint)portion;
                account.IsWaiting = account.Wanted > 0;
                if (account.IsWaiting)
                {
                    _waiting.AddLast(account.Node);
                }
            }

            account.Tell(grant);
        }
    }

    /// <summary>The credit of one transfer.</summary>
    internal sealed class Account
    {
        private readonly CreditPool _pool;
        private readonly Action<uint> _granted;
        private bool _isClosed;

        public Account(CreditPool pool, Action<uint> granted)
        {
            _pool = pool;
            _granted = granted;
            Node = new LinkedListNode<Account>(this);
        }

        internal LinkedListNode<Account> Node { get; }

        internal bool IsWaiting { get; set; }

        /// <summary>Bytes that are still to be asked for.</summary>
        internal long Wanted { get; set; }

        /// <summary>Bytes given and not written yet.</summary>
        internal long Out { get; set; }

        /// <summary>Bytes given that have not come yet.</summary>
        internal long Granted { get; set; }

        /// <summary>Asks for so many bytes, in all that the transfer will need.</summary>
        public void Want(long bytes)
        {
            lock (_pool._gate)
            {
                Wanted += bytes;
                Queue();
            }

            _pool.Settle();
        }

        /// <summary>So many bytes have come. False: they had no credit.</summary>
        public bool TryUse(int bytes)
        {
            lock (_pool._gate)
            {
                if (_isClosed || bytes > Granted)
                {
                    return false;
                }

                Granted -= bytes;
                return true;
            }
        }

        /// <summary>So many of the bytes that came are written.</summary>
        public void Written(int bytes)
        {
            lock (_pool._gate)
            {
                if (_isClosed)
                {
                    return;
                }

                Out -= bytes;
                _pool._available += bytes;
                Queue();
            }

            _pool.Settle();
        }

        /// <summary>Gives everything back.</summary>
        public void Close()
        {
            lock (_pool._gate)
            {
                if (_isClosed)
                {
                    return;
                }

                _isClosed = true;
                _pool._open--;
                _pool._available += Out;
                Out = 0;
                if (IsWaiting)
                {
                    _pool._waiting.Remove(Node);
                    IsWaiting = false;
                }
            }

            _pool.Settle();
        }

        internal void Tell(uint bytes) => _granted(bytes);

        private void Queue()
        {
            if (!_isClosed && !IsWaiting && Wanted > 0)
            {
                IsWaiting = true;
                _pool._waiting.AddLast(Node);
            }
        }
    }
}
