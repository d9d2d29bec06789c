using System.Net;
using Hctef.Fetching;

namespace Hctef.Tests.Fetching;

public sealed class ExceptionCopyTests
{
    private static readonly RemoteFileInfo Opened = new() { Length = 1 };
    private static readonly RemoteFileInfo Current = new() { Length = 2 };

    public static TheoryData<HctefException> Originals => new()
    {
        new HctefException("plain"),
        new HctefUrlException("url"),
        new HctefNetworkException(
            HctefNetworkError.Status, "net", new IOException(), HttpStatusCode.TooManyRequests, TimeSpan.FromSeconds(7), isTransient: true),
        new RemoteFileChangedException("changed", Opened, Current),
        new RangeNotSupportedException(RangeNotSupportedReason.LengthUnknown, "ranges"),
    };

    [Theory]
    [MemberData(nameof(Originals))]
    public void A_copy_tells_all_that_the_original_tells(HctefException original)
    {
        HctefException copy = ExceptionCopy.Of(original);

        Assert.NotSame(original, copy);
        Assert.Equal(original.GetType(), copy.GetType());
        foreach (System.Reflection.PropertyInfo property in original.GetType().GetProperties()
            .Where(static property => property.Name is not (nameof(Exception.InnerException) or nameof(Exception.StackTrace)
                or nameof(Exception.TargetSite) or nameof(Exception.Source) or nameof(Exception.Data))))
        {
            Assert.Equal(property.GetValue(original), property.GetValue(copy));
        }
    }
}
