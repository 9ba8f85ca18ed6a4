namespace SecureStation.Core.Requests;

/// <summary>What follows from a message.</summary>
/// <param name="Kind">What.</param>
/// <param name="Call">Of which call.</param>
/// <param name="Value">The result, of an item.</param>
/// <param name="Failure">Why, of a call that failed or is refused.</param>
/// <param name="Offer">What is asked, of a call.</param>
internal readonly record struct RequestEvent(RequestEventKind Kind, ulong Call = 0, RequestValue Value = default, RequestFailure? Failure = null, RequestOffer Offer = default);
