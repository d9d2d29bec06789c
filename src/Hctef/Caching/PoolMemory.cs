using System.Runtime.InteropServices;

namespace Hctef.Caching;

/// <summary>Unmanaged memory, aligned for huge pages, that is freed when nobody refers to it any more.</summary>
internal sealed unsafe class PoolMemory : SafeHandle
{
    private const nuint Alignment = 2 * 1024 * 1024;

    public PoolMemory(int length)
        : base(invalidHandleValue: 0, ownsHandle: true)
    {
        Address = (byte*)NativeMemory.AlignedAlloc((nuint)length, Alignment);
        SetHandle((nint)Address);
        HugePages.Advise(Address, (nuint)length);
    }

    public byte* Address { get; }

    public override bool IsInvalid => handle == 0;

    protected override bool ReleaseHandle()
    {
        NativeMemory.AlignedFree((void*)handle);
        return true;
    }
}
