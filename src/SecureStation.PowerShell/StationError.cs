using System.Management.Automation;

namespace SecureStation;

/// <summary>What an error is called, what kind it is, and what a person can do about it.</summary>
/// <param name="Id">The error id: the first half of the FullyQualifiedErrorId.</param>
/// <param name="Category">PowerShell's category.</param>
/// <param name="RecommendedAction">One sentence of advice.</param>
internal sealed record StationError(string Id, ErrorCategory Category, string RecommendedAction);
