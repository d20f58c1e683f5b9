"""What several faults of this suite share: uploads, students, and the sizing of services. Nothing here is a fault."""
