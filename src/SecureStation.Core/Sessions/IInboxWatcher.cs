namespace SecureStation.Core.Sessions;

/// <summary>Who is told what happens to an inbox, without a lock of its own and right where it happens: returns at once.</summary>
internal interface IInboxWatcher
{
    /// <summary>Messages came.</summary>
    void Arrived();

    /// <summary>A message was taken.</summary>
    void Taken();

    /// <summary>Nothing more will come. May be told more than once.</summary>
    void Ended();
}
